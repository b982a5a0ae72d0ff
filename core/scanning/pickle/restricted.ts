/**
 * Names whose arguments are checked where they are called. As a value they could be handed to an allowed function that
 * calls what it is given (numpy's generator constructors do), past the check; so they are refused as values.
 */
const RESTRICTED = new Set([
  'functools.partial',
  'builtins.type',
  '__builtin__.type',
  '_codecs.encode',
  'builtins.getattr',
  '__builtin__.getattr',
  'torch.storage._load_from_bytes',
  'joblib.numpy_pickle.NumpyArrayWrapper',
]);

export const isRestricted = (module: string, name: string): boolean => RESTRICTED.has(`${module}.${name}`);

export const isArrayWrapper = (module: string, name: string): boolean =>
  module === 'joblib.numpy_pickle' && name === 'NumpyArrayWrapper';
