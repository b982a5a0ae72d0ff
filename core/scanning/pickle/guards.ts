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

/** Names that are allowed only with arguments such as honest pickles give them. */
const GUARDS: Record<string, Guard> = {
  'functools.partial': (m, args) => isAllowedFunction(m, args?.[0]),
  'builtins.type': (_m, args) => args?.length === 1 && args[0]?.tag === TAG.none,
  '__builtin__.type': (_m, args) => args?.length === 1 && args[0]?.tag === TAG.none,
  '_codecs.encode': encodesText,
  'torch.storage._load_from_bytes': scannedApart,
  ...Object.fromEntries(
    ['bytearray', 'bytes', 'dict', 'frozenset', 'list', 'set', 'tuple'].flatMap((name) => [
      [`builtins.${name}`, copiesLiteral],
      [`__builtin__.${name}`, copiesLiteral],
    ]),
  ),
  'collections.Counter': copiesLiteral,
  'collections.OrderedDict': copiesLiteral,
  'collections.deque': copiesLiteral,
};

/** Whether a call of the allowed name with these arguments is harmless. Arguments no longer known are not. */
export const argumentsAllowed = (m: Machine, index: number, args: readonly Cell[] | undefined): boolean => {
  const imported = m.imported[index];
  const guard = imported === undefined ? undefined : GUARDS[`${imported.module}.${imported.name}`];
  return guard === undefined || guard(m, args);
};

/** The state that BUILD gives to an instance of a guarded name. */
export const stateAllowed = (m: Machine, index: number, state: Cell): boolean => {
  const imported = m.imported[index];
  if (imported?.module !== 'functools' || imported.name !== 'partial') return true;
  return state.tag === TAG.tuple && isAllowedFunction(m, m.containers.items(state.payload)?.[0]);
};
