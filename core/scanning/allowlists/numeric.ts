import type { AllowlistSource } from './source.ts';

const SCALARS = `bool bool_ byte bytes_ cdouble cfloat character clongdouble complex128 complex192 complex256 complex64
  csingle datetime64 double float128 float16 float32 float64 float96 floating half int16 int32 int64 int8 int_ intc
  integer intp long longdouble longlong number short signedinteger single str_ timedelta64 ubyte uint uint16
  uint32 uint64 uint8 uintc uintp ulong ulonglong unicode_ unsignedinteger ushort void generic`;

const UFUNCS = `abs absolute add amax amin arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin average cbrt
  ceil clip conj conjugate cos cosh deg2rad degrees divide exp exp2 expm1 fabs floor fmax fmin hypot invert isfinite isinf
  isnan log log10 log1p log2 logaddexp logaddexp2 logical_and logical_not logical_or max maximum mean median min minimum
  mod multiply nan_to_num nanmax nanmean nanmedian nanmin nanstd nansum nanvar negative percentile positive power prod
  quantile rad2deg radians reciprocal remainder rint round sign sin sinh sqrt square std subtract sum tan tanh
  true_divide trunc var`;

/** numpy 1 calls its inner package numpy.core, numpy 2 numpy._core; files of both are in use. */
const inner = (core: string) => `
${core}.multiarray: _reconstruct scalar
${core}._multiarray_umath: _reconstruct scalar
${core}.numeric: _frombuffer
`;

/** Array constructors copy bytes; dtypes are checked apart, since a forged one makes pointers of bytes. */
export const NUMPY: AllowlistSource = {
  producer: 'numpy',
  version: '2.4.6',
  calls: `${inner('numpy._core')}${inner('numpy.core')}
numpy: dtype ndarray matrix record recarray ${SCALARS}
numpy.rec: recarray record
numpy.core.records: recarray record
numpy._core.records: recarray record
numpy.ma: MaskedArray
numpy.ma.core: MaskedArray _mareconstruct
numpy.matrixlib.defmatrix: matrix
numpy.random._pickle: __bit_generator_ctor __generator_ctor __randomstate_ctor
numpy.random: __RandomState_ctor
numpy.random._mt19937: MT19937
numpy.random._pcg64: PCG64 PCG64DXSM
numpy.random._philox: Philox
numpy.random._sfc64: SFC64
numpy.random.bit_generator: SeedSequence SeedlessSeedSequence __pyx_unpickle_SeedSequence
  __pyx_unpickle_SeedlessSeedSequence
numpy.random._generator: Generator
numpy.random.mtrand: RandomState
`,
  mentions: `
numpy: ${UFUNCS}
numpy.core._multiarray_umath: ${UFUNCS}
numpy._core._multiarray_umath: ${UFUNCS}
numpy.core.fromnumeric: amax amin max mean min prod std sum var
numpy._core.fromnumeric: amax amin max mean min prod std sum var
`,
};

const SPARSE = (dot: string) =>
  ['bsr', 'coo', 'csc', 'csr', 'dia', 'dok', 'lil']
    .map((kind) => `scipy.sparse.${dot}${kind}: ${kind}_matrix ${kind}_array`)
    .join('\n');

/** Methods that an interpolator keeps of its own class, by the dotted name that pickle gives them. */
const INTERP1D = ['linear_np', 'linear', 'nearest', 'previousnext', 'nan_spline', 'spline']
  .map((kind) => `interp1d._call_${kind}`)
  .join(' ');

/** Not scipy.stats distributions: their `__setstate__` executes source text that is part of the state. */
export const SCIPY: AllowlistSource = {
  producer: 'scipy',
  version: '1.17.1',
  calls: `
${SPARSE('_')}
${SPARSE('')}
scipy.interpolate._bsplines: BSpline
scipy.interpolate._interpolate: interp1d PPoly BPoly
scipy.interpolate.interpolate: interp1d
scipy.interpolate._cubic: CubicSpline PchipInterpolator Akima1DInterpolator
`,
  bare: `
scipy.interpolate._rgi: RegularGridInterpolator
scipy.optimize._lbfgsb_py: LbfgsInvHessProduct
scipy.optimize._optimize: OptimizeResult
scipy.spatial._kdtree: KDTree
scipy.spatial._ckdtree: cKDTree
scipy.stats._kde: gaussian_kde
`,
  mentions: `
scipy.interpolate._interpolate: ${INTERP1D}
scipy._lib.array_api_compat.numpy._aliases: asarray
scipy.special._ufuncs: expit logit
`,
};

export const JOBLIB: AllowlistSource = {
  producer: 'joblib',
  version: '1.6.0',
  calls: `
joblib.numpy_pickle: NumpyArrayWrapper
`,
  mentions: '',
};
