import { HUGGINGFACE_KEYS } from '../huggingface/keys.ts';
import { HUGGINGFACE_KINDS } from '../huggingface/kinds.ts';
import { HYDRA_KEYS } from '../hydra/keys.ts';
import { MLFLOW_KINDS } from '../mlflow/kinds.ts';
import { REQUIREMENT_KINDS } from '../requirements/check-requirements.ts';
import { SKOPS_KINDS } from '../skops/kinds.ts';
import { TORCHSERVE_KINDS } from '../torchserve/kinds.ts';
import type { KeyCheck, Kind } from './document.ts';
import { NOTEBOOK_KINDS } from './notebook.ts';

/** Settings that matter wherever they stand: a name decides nothing about which loader reads the file. */
export const KEYS: ReadonlyMap<string, KeyCheck> = new Map(Object.entries({ ...HUGGINGFACE_KEYS, ...HYDRA_KEYS }));

/** Documents of which more is asked; the first that fits. */
export const KINDS: readonly Kind[] = [
  ...HUGGINGFACE_KINDS,
  ...MLFLOW_KINDS,
  ...REQUIREMENT_KINDS,
  ...SKOPS_KINDS,
  ...TORCHSERVE_KINDS,
  ...NOTEBOOK_KINDS,
];

/** One of the keys as JSON or YAML writes it, or an escape that may spell one. */
export const WATCHED = new RegExp(
  `(?:^|["'{,\\s])(?:${[...KEYS.keys(), 'loader_module', 'model_code_path'].join('|')})["']?\\s*:|\\\\(?:u00[2-7][0-9a-e]|x[2-7][0-9a-e]|U000000[2-7][0-9a-e])`,
  'im',
);
