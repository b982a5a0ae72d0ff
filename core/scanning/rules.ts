import { ARCHIVE_RULES } from './rules/archives.ts';
import { BOOSTER_RULES } from './rules/boosters.ts';
import { CREDENTIAL_RULES } from './rules/credentials.ts';
import { DOCUMENT_RULES } from './rules/documents.ts';
import { GGUF_RULES } from './rules/gguf.ts';
import { HDF5_RULES } from './rules/hdf5.ts';
import { HUGGINGFACE_RULES } from './rules/huggingface.ts';
import { HYDRA_RULES } from './rules/hydra.ts';
import { KERAS_RULES } from './rules/keras.ts';
import { MLFLOW_RULES } from './rules/mlflow.ts';
import { REQUIREMENT_RULES } from './rules/requirements.ts';
import { malicious, RETRAIN, REWRITE, type Rule, suspicious, unreadable } from './rules/rule.ts';
import { SKOPS_RULES } from './rules/skops.ts';
import { TEMPLATE_RULES } from './rules/templates.ts';
import { TENSORFLOW_RULES } from './rules/tensorflow.ts';
import { TORCHSCRIPT_RULES } from './rules/torchscript.ts';
import { TORCHSERVE_RULES } from './rules/torchserve.ts';

/** Every reason for which a file is not clean. The ids are stable: policies and waivers refer to them. */
export const RULES = {
  'pickle.global-dangerous': malicious('Loading the file imports this name, which runs code or reaches outside.'),
  'pickle.dotted-name': malicious('A dotted name walks from an allowed module into modules that are not allowed.'),
  'pickle.global-not-allowed': suspicious(
    'Loading the file imports this name, and importing or calling it runs code that the scanner does not know.',
    'Save plain weights (safetensors, ONNX), or have the name reviewed and added to the allowlist of the stage.',
  ),
  'pickle.dynamic-name': malicious('The imported name is computed while loading, which hides it from review.'),
  'pickle.malformed-name': suspicious('No library writes such a name; it is made so that readers disagree about it.'),
  'pickle.extension-code': malicious('A copyreg extension code stands for a callable that is not in the file.'),
  'pickle.call-not-allowed': suspicious('The name may be kept in a model, but no library calls it while loading.'),
  'pickle.call-of-object': suspicious('Something other than an imported name is called while loading.'),
  'pickle.class-modified': malicious('It changes an imported class or module for the whole process that loads it.'),
  'pickle.item-target': suspicious('Items are set on an object that is not a container, which calls its methods.'),
  'pickle.state-target': suspicious('State is set on a value that has none, so that readers disagree about it.'),
  'pickle.state-hijack': suspicious('The state replaces a method or the class of the object that receives it.'),
  'pickle.guard': malicious('The name is allowed only with plain arguments; with these it calls or allocates more.'),
  'pickle.persistent-id': suspicious(
    'The loader, not the file, decides what a persistent id means; only torch storages are known.',
  ),
  'pickle.out-of-band': suspicious('The file refers to buffers that it does not contain.'),
  'pickle.duplicate-proto': suspicious('A second protocol mark in the stream; no library writes one.'),
  'pickle.frame-mismatch': malicious('An opcode crosses its frame: loaders read different names from the same bytes.'),
  'pickle.length-beyond-end': suspicious('A declared length reaches beyond the file; loaders allocate it first.'),
  'pickle.truncated': suspicious('The stream ends before its STOP; whatever stood before the end was executed.'),
  'pickle.malformed': suspicious('The stream breaks off in an error; whatever stood before it was executed.'),
  'pickle.expansion': suspicious('A few bytes expand to an enormous structure when it is walked or copied.'),
  'pickle.trailing-bytes': suspicious(
    'Bytes after the end of the pickle belong to nothing; another loader may read them.',
  ),
  'pickle.polyglot': malicious('The file is also a pickle, and a loader that takes it for one runs what it names.'),
  'joblib.array-header': suspicious(
    'The array header is not as joblib writes it, so what follows cannot be told apart.',
  ),
  'joblib.legacy-array': unreadable(
    'The old joblib format keeps arrays in other files, loaded by a name in the file.',
    REWRITE,
  ),
  'numpy.dtype': suspicious('The dtype is not as numpy writes it; a forged one turns bytes into object pointers.'),
  'npy.header': suspicious('The header is not as numpy writes it, so the size of the data is unknown.'),
  'npy.size': suspicious('The data are shorter or longer than shape and dtype say.'),
  'zip.malformed': suspicious('The archive contradicts itself, so readers disagree about what it contains.'),
  'zip.name-mismatch': suspicious('A member has one name in the directory and another in front of its data.'),
  'zip.unsafe-name': malicious('Unpacking writes outside the target directory.', RETRAIN),
  'zip.duplicate-name': suspicious('Two members have one name; readers disagree about which one counts.'),
  'zip.overlap': suspicious('Members share bytes, which no library writes: a bomb, or two readings of one archive.'),
  'zip.outside-bytes': suspicious('Bytes that belong to no member: another format may be hidden there.'),
  'zip.flags': suspicious('Encrypted, patched or unknown flags make readers disagree about the member.'),
  'zip.crc': suspicious('The checksum does not match the data; strict readers refuse what others load.'),
  'zip.bomb': suspicious('A member expands far beyond what a model needs.'),
  'zip.method': unreadable('The member is packed in a way that is not read.'),
  'zip.unexpected': suspicious('The member is not what the loader of such an archive takes it for.'),
  ...ARCHIVE_RULES,
  ...TORCHSCRIPT_RULES,
  ...TENSORFLOW_RULES,
  ...HDF5_RULES,
  ...KERAS_RULES,
  'safetensors.header': suspicious('The header breaks the safetensors rules; a reader may read outside the data.'),
  'safetensors.layout': suspicious(
    'Tensors overlap, leave holes or do not cover the data: bytes can hide in the file.',
  ),
  'onnx.malformed': suspicious('The file is not a complete ONNX model.'),
  'onnx.external-path': malicious('The external data path leaves the directory of the model.'),
  'onnx.external-data': suspicious('External data are not a plain relative file name, as onnx writes it.'),
  'onnx.metadata': suspicious('The runtime may take its settings from here: what it loads, and with which code.'),
  'onnx.custom-domain': suspicious(
    'An operator outside the standard domains is code that the runtime must load.',
    'Use standard operators, or have the domain reviewed and allowed.',
  ),
  ...GGUF_RULES,
  ...BOOSTER_RULES,
  ...TEMPLATE_RULES,
  'image.malformed': suspicious(
    'The image does not have the structure of its format.',
    'Write the image again with an image tool.',
  ),
  'parquet.malformed': suspicious('The footer does not fit the file.', 'Write the file again.'),
  'code.script': suspicious(
    'A model directory is not the place for code that something may run.',
    'Keep code in its own repository; name its commit in the manifest.',
  ),
  ...DOCUMENT_RULES,
  ...HUGGINGFACE_RULES,
  ...HYDRA_RULES,
  ...MLFLOW_RULES,
  ...REQUIREMENT_RULES,
  ...SKOPS_RULES,
  ...TORCHSERVE_RULES,
  ...CREDENTIAL_RULES,
  'code.binary': suspicious('Machine code is loaded and run by whoever imports it.', 'Remove it.'),
  'compressed.damaged': suspicious('The stream ends in an error; readers disagree about what it contains.'),
  'compressed.trailing-bytes': suspicious('Bytes after the compressed stream: another format may be hidden there.'),
  'format.not-supported': unreadable(
    'The format is known, but what it can do when loaded is not analysed.',
    'Save the model in a format that the scanner reads: safetensors, ONNX, joblib, npy.',
  ),
  'format.unknown': unreadable('The content is of no known format, so nothing can be said about loading it.'),
  'limit.crossed': unreadable(
    'Looking further would cost more than the limits allow.',
    'Make the file smaller or simpler, or raise the limit of the stage.',
  ),
} satisfies Record<string, Rule>;

export type RuleId = keyof typeof RULES;
