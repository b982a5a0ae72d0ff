import type { AllowlistSource } from './source.ts';

/**
 * Plain values of the standard library. Not here, although pickles may carry them: getattr (reaches anything), type
 * with three arguments (makes classes), operator.*, functools.reduce, io.*, and everything that takes a callable and
 * calls it. `functools.partial` and `builtins.type` are guarded: see pickle/guards.ts.
 */
export const PYTHON: AllowlistSource = {
  producer: 'python',
  version: '3.14',
  calls: `
builtins: bool bytearray bytes complex dict float frozenset int list object range set slice str tuple type
__builtin__: bool bytearray bytes complex dict float frozenset int list long object set slice str tuple type unicode
  xrange
copyreg: _reconstructor __newobj__
copy_reg: _reconstructor __newobj__
_codecs: encode
collections: Counter OrderedDict defaultdict deque
datetime: date datetime time timedelta timezone
decimal: Decimal
fractions: Fraction
functools: partial
types: SimpleNamespace
uuid: UUID SafeUUID
argparse: Namespace
pathlib: Path PosixPath PurePath PurePosixPath PureWindowsPath WindowsPath
pathlib._local: Path PosixPath PurePath PurePosixPath PureWindowsPath WindowsPath
`,
  mentions: `
builtins: Ellipsis NotImplemented abs hash len max min round sorted sum
__builtin__: Ellipsis NotImplemented abs hash len max min round sorted sum
`,
};
