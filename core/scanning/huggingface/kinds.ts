import { type Document, type Kind, shown } from '../documents/document.ts';
import { type Fields, isFields } from '../documents/walk.ts';
import { leavesFolder } from '../paths.ts';
import type { Scan } from '../scan.ts';
import { DIFFUSERS_LIBRARIES, SENTENCE_MODULES } from './allowed.ts';
import { reportCode, reportImport } from './keys.ts';

const isModule = (item: unknown): item is Fields =>
  isFields(item) && typeof item.type === 'string' && 'path' in item && ('idx' in item || 'name' in item);

/** `modules.json` of sentence-transformers: the classes that make up the model, each with its folder. */
const sentenceModules: Kind = {
  format: 'sentence-transformers',
  is: ({ value }) => Array.isArray(value) && value.length > 0 && value.every(isModule),
  check: (scan, { value, member }) => {
    for (const { type, path } of value as readonly Fields[]) {
      reportImport(scan, String(type), SENTENCE_MODULES, { member, key: 'type' });
      if (typeof path === 'string' && leavesFolder(path))
        scan.report('huggingface.path', { what: `path is ${shown(path)}`, member });
    }
  },
};

/** `router_config.json`: the classes of the modules between which a router chooses, by their folders. */
const router: Kind = {
  format: 'sentence-transformers',
  is: ({ value }) => isFields(value) && isFields(value.types) && isFields(value.structure),
  check: (scan, { value, member }) => {
    const { types } = value as { types: Fields };
    for (const [folder, type] of Object.entries(types)) {
      if (typeof type === 'string') reportImport(scan, type, SENTENCE_MODULES, { member, key: 'types' });
      if (leavesFolder(folder)) scan.report('huggingface.path', { what: `types names ${shown(folder)}`, member });
    }
  },
};

/** Parts of a pipeline have configurations with a class too, and pairs of names that are none. */
const isIndex = ({ value, name }: Document): boolean =>
  isFields(value) &&
  '_class_name' in value &&
  (/(?:^|\/)(?:modular_)?model_index\.json$/.test(name) ||
    typeof value._class_name !== 'string' ||
    /Pipeline$/.test(value._class_name));

/** A part of a pipeline: the library and its class; both null where there is none. */
const isComponent = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) &&
  value.length >= 2 &&
  value.slice(0, 2).every((each) => each === null || typeof each === 'string');

const reportComponent = (
  scan: Scan,
  { key, value, member }: { key: string; value: readonly unknown[]; member: string | undefined },
): void => {
  const [library, name] = value;
  if (typeof library !== 'string' || DIFFUSERS_LIBRARIES.has(library)) return;
  reportImport(scan, `${library}.${String(name)}`, { has: () => false }, { member, key });
};

/** `model_index.json` of diffusers. */
const pipeline: Kind = {
  format: 'diffusers',
  is: isIndex,
  check: (scan, { value, member }) => {
    const index = value as Fields;
    const { _class_name: name } = index;
    if (Array.isArray(name)) reportCode(scan, name.join('.'), { member, key: '_class_name' });
    for (const [key, component] of Object.entries(index))
      if (!key.startsWith('_') && isComponent(component)) reportComponent(scan, { key, value: component, member });
  },
};

export const HUGGINGFACE_KINDS: readonly Kind[] = [sentenceModules, router, pipeline];
