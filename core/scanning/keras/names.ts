import { isDangerous } from '../allowlists/dangerous.ts';
import { KERAS_CLASSES, KERAS_FUNCTIONS, TENSORFLOW_FUNCTIONS } from '../allowlists/keras.ts';
import { pairsOf, qualified } from '../allowlists/source.ts';

const setOf = (list: string): ReadonlySet<string> =>
  new Set(pairsOf(list).map(([module, name]) => qualified(module, name)));

const classes = setOf(KERAS_CLASSES);
const functions = setOf(KERAS_FUNCTIONS);
/** Configurations before Keras 2.12, and those in .h5 files, name no module. */
const bareClasses = new Set(pairsOf(KERAS_CLASSES).map(([, name]) => name));
/** Functions that Keras finds by their name alone; the configuration says `builtins`. */
const bareFunctions = new Set(pairsOf(KERAS_FUNCTIONS).map(([, name]) => name));
const operations = new Set(
  pairsOf(TENSORFLOW_FUNCTIONS).map(([module, name]) => (module === 'tf' ? name : `${module}.${name}`)),
);

const asKeras = (module: string): string => module.replace(/^tf_keras(?=\.|$)/, 'keras');

/** Classes of Keras that it registers like those of others; the list has them under `Custom>`. */
const REGISTERED = /^(Custom>)(\w+)$/;
const isRegisteredByKeras = (name: string): boolean => {
  const [, module, registered] = REGISTERED.exec(name) ?? [];
  return module !== undefined && registered !== undefined && classes.has(qualified(module, registered));
};

export const isKerasClass = (module: string | undefined, name: string): boolean =>
  module === undefined
    ? bareClasses.has(name) || isRegisteredByKeras(name)
    : classes.has(qualified(asKeras(module), name));

/** Whether a registered name says no more than the class does. */
export const isPlainName = (registered: string, name: string): boolean =>
  registered === name || (registered === `Custom>${name}` && isRegisteredByKeras(registered));

export const isKerasFunction = (module: string | undefined, name: string): boolean =>
  module === undefined || module === 'builtins'
    ? bareFunctions.has(name)
    : functions.has(qualified(asKeras(module), name));

/** What a TFOpLambda layer may call: `math.add`, `compat.v1.nn.relu`, `__operators__.getitem`. */
export const isTensorflowOperation = (name: string): boolean => operations.has(name.replace(/^compat\.v1\./, ''));

/**
 * What attacks have used, wherever it is found: CVE-2025-1550 (any function), CVE-2025-8747 (get_file),
 * CVE-2025-9906 (enable_unsafe_deserialization), CVE-2025-49655 (TorchModuleWrapper), layers that load other models.
 */
const UNSAFE: ReadonlySet<string> = new Set(
  `get_file enable_unsafe_deserialization load_model load_weights save_model save_weights save_img load_img
  model_from_json model_from_yaml model_from_config deserialize_keras_object register_keras_serializable
  clear_session audio_dataset_from_directory image_dataset_from_directory text_dataset_from_directory
  timeseries_dataset_from_array func_load func_dump extract_archive disable_interactive_logging
  TorchModuleWrapper TFSMLayer JaxLayer FlaxLayer ModelCheckpoint BackupAndRestore CSVLogger TensorBoard RemoteMonitor
  LambdaCallback SidecarEvaluator KerasFileEditor DiskIOStore H5IOStore NpzIOStore ReloadedLayer TensorFlowOpLayer`.split(
    /\s+/,
  ),
);
const KERAS_OR_TENSORFLOW = /^(?:keras|tf_keras|tensorflow)(?:\.|$)/;

/** Only for names that are not allowed: whether it is certain that no honest model names it. */
export const isUnsafe = (module: string | undefined, name: string): boolean => {
  if (UNSAFE.has(name)) return true;
  if (module === undefined || KERAS_OR_TENSORFLOW.test(module)) return false;
  return isDangerous(module, name);
};
