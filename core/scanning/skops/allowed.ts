import { NUMPY } from '../allowlists/numeric.ts';
import { SCIKIT_LEARN, SCIKIT_LEARN_BEFORE } from '../allowlists/scikit-learn.ts';
import { type AllowedImports, allowedImports } from '../documents/imports.ts';

/** Nodes whose class is built into their loader; skops 0.16.0 and earlier protocols. */
const STRUCTURE = new Map(
  Object.entries({
    DictNode: 'builtins: dict\ncollections: OrderedDict\nsklearn.utils._bunch: Bunch\nsklearn.utils: Bunch',
    DefaultDictNode: 'collections: defaultdict',
    ListNode: 'builtins: list',
    SetNode: 'builtins: set frozenset',
    TupleNode: 'builtins: tuple\nsklearn.impute._iterative: _ImputerTriplet',
    SliceNode: 'builtins: slice',
    BytesNode: 'builtins: bytes',
    BytearrayNode: 'builtins: bytearray',
    JsonNode: 'builtins: str int float bool NoneType',
    DTypeNode: 'numpy: dtype',
    MaskedArrayNode: 'numpy.ma: MaskedArray\nnumpy.ma.core: MaskedArray',
    RandomStateNode: 'numpy.random.mtrand: RandomState\nnumpy.random: RandomState',
    RandomGeneratorNode: 'numpy.random._generator: Generator\nnumpy.random: Generator',
    PartialNode: 'functools: partial',
    _DictWithDeprecatedKeysNode: 'sklearn.covariance._graph_lasso: _DictWithDeprecatedKeys',
    ZoneInfoNode: 'zoneinfo: ZoneInfo',
  }).map(([loader, names]) => [loader, allowedImports(names)]),
);

/** What such a node may be; undefined for a loader that can make any class. */
export const structureOf = (loader: string): AllowedImports | undefined => STRUCTURE.get(loader);

const SCALARS = `bool bytes_ clongdouble complex128 complex64 datetime64 float16 float32 float64 int16 int32 int64 int8
  longdouble longlong object_ str_ timedelta64 uint16 uint32 uint64 uint8 ulonglong void`;

const SPARSE = ['bsr', 'coo', 'csc', 'csr', 'dia', 'dok', 'lil'].flatMap((kind) =>
  [`scipy.sparse._${kind}`, `scipy.sparse.${kind}`].map((module) => `${module}: ${kind}_matrix ${kind}_array`),
);

/** Classes of scikit-learn, and the one that it takes from scipy; the constructors beside them, which pickle calls with what it checks, skops does not need. */
const estimators: AllowedImports = allowedImports(
  SCIKIT_LEARN.calls,
  SCIKIT_LEARN_BEFORE.calls,
  'scipy.interpolate._bsplines: BSpline',
);
const ESTIMATORS: AllowedImports = {
  has: (dotted) => estimators.has(dotted) && /\.(?:_?[A-Z]\w*|make_column_selector)$/.test(dotted),
};
const ARRAYS = allowedImports(`numpy: ndarray matrix ${SCALARS}\nnumpy.matrixlib.defmatrix: matrix`);

/** Loaders that make whatever class they are told, and what that may be. */
export const MAKING: ReadonlyMap<string, AllowedImports> = new Map([
  ['ObjectNode', ESTIMATORS],
  ['ConstructorFromReduceNode', { has: (dotted) => ESTIMATORS.has(dotted) || dotted === 'zoneinfo.ZoneInfo' }],
  ['TreeNode', ESTIMATORS],
  ['LossNode', ESTIMATORS],
  ['NdArrayNode', ARRAYS],
  ['SparseMatrixNode', allowedImports(SPARSE.join('\n'))],
]);

/** Values and functions that skops trusts by default, or scikit-learn puts into a model, and pickles name otherwise. */
const values = allowedImports(
  SCIKIT_LEARN.mentions,
  NUMPY.mentions,
  `
builtins: int float str bool list set map tuple dict bytes complex
numpy: ${SCALARS} mean median sum min max amin amax prod std var bitwise_count matvec vecmat vecdot matmul asarray
scipy._lib.array_api_compat.numpy._aliases: asarray
scipy.special._special_ufuncs: airy airye bei beip ber berp besselpoly beta betaln binom cbrt cosdg cosm1 cotdg dawsn
  ellipe ellipeinc ellipj ellipk ellipkinc ellipkm1 erf erfc erfcx erfi exp1 exp10 exp2 expi expit expm1 exprel fresnel
  gamma gammainc gammaincc gammainccinv gammaincinv gammaln gammasgn hankel1 hankel1e hankel2 hankel2e hyp2f1 i0 i0e i1
  i1e iv ive j0 j1 jv jve k0 k0e k1 k1e kei keip kelvin ker kerp kv kve log1p log_expit log_ndtr log_wright_bessel
  loggamma logit ndtr psi radian rgamma sindg struve tandg voigt_profile wofz wright_bessel xlog1py xlogy y0 y1 yv yve
  zetac
scipy.special._ufuncs: agm bdtr bdtrc bdtri betainc betaincc betainccinv betaincinv boxcox boxcox1p chdtr chdtrc chdtri
  elliprc elliprd elliprf elliprg elliprj entr erfcinv erfinv eval_chebyc eval_chebys eval_chebyt eval_chebyu
  eval_gegenbauer eval_genlaguerre eval_hermite eval_hermitenorm eval_jacobi eval_laguerre eval_legendre expit expn exp1
  fdtr fdtrc fdtri gdtr gdtrc huber hyp0f1 hyp1f1 hyperu inv_boxcox inv_boxcox1p kl_div kn kolmogi kolmogorov log1p
  logit ndtr ndtri ndtri_exp owens_t pdtr pdtrc pdtri poch powm1 pseudo_huber rel_entr round shichi sici smirnov
  smirnovi spence stdtr stdtrit tklmbda wrightomega yn
`,
);
/** Of these a model keeps the class or the function itself. */
export const MENTIONING: ReadonlySet<string> = new Set(['TypeNode', 'FunctionNode']);
export const MENTIONS: AllowedImports = { has: (dotted) => values.has(dotted) || ESTIMATORS.has(dotted) };

export const BIT_GENERATORS: ReadonlySet<string> = new Set(['MT19937', 'PCG64', 'PCG64DXSM', 'Philox', 'SFC64']);
/** Functions of the operator module that skops keeps: they read an attribute or an item, or call a method. */
export const OPERATORS: ReadonlySet<string> = new Set(['attrgetter', 'itemgetter', 'methodcaller']);
