import { type Kind, shown } from '../documents/document.ts';
import { type Fields, isFields } from '../documents/walk.ts';
import { leavesFolder } from '../paths.ts';
import { isRequirementFile } from '../requirements/names.ts';

/** Of torch-model-archiver 0.12.0; `base_handler` only serves a model that is TorchScript. */
const HANDLERS: ReadonlySet<string> = new Set([
  'base_handler',
  'dali_image_classifier',
  'image_classifier',
  'image_segmenter',
  'object_detector',
  'text_classifier',
  'text_handler',
  'vision_handler',
  'vllm_handler',
  'trt_llm_handler',
]);

const FILES = ['serializedFile', 'modelFile', 'requirementsFile', 'configFile', 'handler', 'extensions', 'extraFiles'];

const namesIn = (value: unknown): string[] => (typeof value === 'string' ? value.split(',') : []);

const isModel = (value: unknown): value is Fields => isFields(value) && 'handler' in value && 'modelName' in value;

/** `MAR-INF/MANIFEST.json` of a TorchServe model archive. */
const manifest: Kind = {
  format: 'torchserve-manifest',
  is: ({ value }) => isFields(value) && isModel(value.model),
  check: (scan, { value, member }) => {
    const model = (value as Fields).model as Fields;
    const { handler, modelFile, requirementsFile } = model;
    if (typeof handler !== 'string' || !HANDLERS.has(handler)) {
      const brought = typeof handler === 'string' && /\.py(?::|$)/.test(handler);
      const rule = brought ? 'torchserve.handler' : 'torchserve.handler-unknown';
      scan.report(rule, { what: `the handler is ${shown(handler)}`, member });
    }
    if (modelFile !== undefined && modelFile !== null)
      scan.report('torchserve.handler', { what: `the class of the model is in ${shown(modelFile)}`, member });
    for (const file of namesIn(requirementsFile))
      if (!isRequirementFile(file))
        scan.report('requirements.elsewhere', { what: `packages are listed in ${shown(file)}`, member });
    for (const key of FILES)
      for (const file of namesIn(model[key]))
        if (leavesFolder(file)) scan.report('torchserve.path', { what: `${key} names ${shown(file)}`, member });
  },
};

export const TORCHSERVE_KINDS: readonly Kind[] = [manifest];
