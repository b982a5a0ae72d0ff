import { TAG } from './cells.ts';
import type { Cell } from './containers.ts';
import type { Machine } from './machine.ts';

type Guard = (m: Machine, args: readonly Cell[] | undefined) => boolean;

const isAllowedFunction = (m: Machine, cell: Cell | undefined): boolean =>
  cell?.tag === TAG.global && typeof m.imported[cell.payload]?.grade === 'string';

/** A text codec; others (zlib, bz2, hex) expand or import. */
const TEXT_CODECS = new Set(['latin1', 'latin-1', 'utf-8', 'utf8', 'ascii']);
const encodesText: Guard = (m, args) => args?.length === 1 || TEXT_CODECS.has(m.text(args?.[1]) ?? '');

const LITERALS: ReadonlySet<number> = new Set([
  TAG.opaque,
  TAG.none,
  TAG.text,
  TAG.longText,
  TAG.tuple,
  TAG.list,
  TAG.dict,
  TAG.set,
]);

/** `bytearray(n)` allocates n bytes, `list(range(n))` n items: only what stands in the file is copied. */
const copiesLiteral: Guard = (m, args) => {
  const [first] = args ?? [];
  if (args === undefined || first === undefined) return args !== undefined;
  // How protocols before 3 write bytes.
  const encoded = first.tag === TAG.instance && m.imported[first.payload]?.module === '_codecs';
  return LITERALS.has(first.tag) || encoded;
};

const scannedApart: Guard = (_m, args) => args?.length === 1 && args[0]?.tag === TAG.embedded;

const isOf = (m: Machine, cell: Cell | undefined, module: RegExp): boolean =>
  cell?.tag === TAG.global && module.test(m.imported[cell.payload]?.module ?? '');

/** `_reconstructor(cls, base, state)` calls `base.__init__` with a state of the file's choosing. */
const rebuildsBuiltin: Guard = (m, args) => args?.length === 3 && isOf(m, args[1], /^(?:builtins|__builtin__)$/);

/** These call their second argument with the first. */
const callsOwn: Guard = (m, args) =>
  args !== undefined &&
  args.length <= 2 &&
  (args[1] === undefined || isOf(m, args[1], /^numpy\.random\b/)) &&
  (args[0]?.tag !== TAG.global || isOf(m, args[0], /^numpy\.random\b/));

/** Calls its first argument. */
const rebuildsTensor: Guard = (m, args) => isOf(m, args?.[0], /^torch\._utils$/);

/** The name of a time zone: a path that cannot leave the database. */
const namesZone: Guard = (m, args) =>
  args?.length === 2 && /^[A-Za-z][\w+-]*(?:\/[A-Za-z][\w+-]*){0,2}$/.test(m.text(args[0]) ?? '');

/** Names that are allowed only with arguments such as honest pickles give them. */
const GUARDS: Record<string, Guard> = {
  'functools.partial': (m, args) => isAllowedFunction(m, args?.[0]),
  'builtins.type': (_m, args) => args?.length === 1 && args[0]?.tag === TAG.none,
  '__builtin__.type': (_m, args) => args?.length === 1 && args[0]?.tag === TAG.none,
  '_codecs.encode': encodesText,
  'torch.storage._load_from_bytes': scannedApart,
  'torch._tensor._rebuild_from_type_v2': rebuildsTensor,
  'copyreg._reconstructor': rebuildsBuiltin,
  'copy_reg._reconstructor': rebuildsBuiltin,
  'numpy.random._pickle.__bit_generator_ctor': callsOwn,
  'numpy.random._pickle.__generator_ctor': callsOwn,
  'numpy.random._pickle.__randomstate_ctor': callsOwn,
  'zoneinfo.ZoneInfo._unpickle': namesZone,
  ...Object.fromEntries(
    ['bytearray', 'bytes', 'dict', 'frozenset', 'list', 'set', 'tuple'].flatMap((name) => [
      [`builtins.${name}`, copiesLiteral],
      [`__builtin__.${name}`, copiesLiteral],
    ]),
  ),
  'collections.Counter': copiesLiteral,
  'collections.OrderedDict': copiesLiteral,
  'collections.deque': copiesLiteral,
  'nltk.probability.FreqDist': copiesLiteral,
};

/** Whether a call of the allowed name with these arguments is harmless. Arguments no longer known are not. */
export const argumentsAllowed = (m: Machine, index: number, args: readonly Cell[] | undefined): boolean => {
  const imported = m.imported[index];
  if (imported?.grade === 'bare') return args?.length === 0;
  const guard = GUARDS[imported?.qualified ?? ''];
  return guard === undefined || guard(m, args);
};

type StateGuard = (m: Machine, state: Cell) => boolean;

const keepsFunction: StateGuard = (m, state) =>
  state.tag === TAG.tuple && isAllowedFunction(m, m.containers.items(state.payload)?.[0]);

const EVALUATED: ReadonlySet<string | undefined> = new Set(['restore_design_info', 'restore_model_spec']);
/** With these keys the state setter evaluates the formula of the model, which is Python. */
const hasNoFormula: StateGuard = (m, state) => {
  const entries = state.tag === TAG.dict ? m.containers.entries(state.payload) : undefined;
  return entries?.every(({ key }) => key.tag === TAG.text && !EVALUATED.has(m.text(key))) ?? false;
};

const STATE_GUARDS: Record<string, StateGuard> = {
  'functools.partial': keepsFunction,
  'statsmodels.base.data.ModelData': hasNoFormula,
  'statsmodels.base.data.PandasData': hasNoFormula,
};

/** The state that BUILD gives to an instance of a guarded name. */
export const stateAllowed = (m: Machine, index: number, state: Cell): boolean => {
  const imported = m.imported[index];
  return STATE_GUARDS[imported?.qualified ?? '']?.(m, state) ?? true;
};
