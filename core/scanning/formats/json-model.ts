import { Unscannable } from '../scan.ts';
import { parseStrictJson, type StrictJson } from '../strict-json.ts';
import { checkXgboost, isXgboostJson } from './xgboost.ts';

export type JsonModel = { readonly format: string; readonly check: () => Promise<void> };

const HINT = /"(?:gradient_booster|oblivious_trees)"/;

/** A model that is a JSON document, and how it is checked; undefined for every other document. */
export const jsonModel = (text: string): JsonModel | undefined => {
  if (!HINT.test(text)) return undefined;
  const parsed = parse(text);
  if (parsed === undefined)
    return {
      format: 'xgboost',
      check: async () => {
        throw new Unscannable('xgboost.malformed', { what: 'a document that can be read in two ways' });
      },
    };
  if (isXgboostJson(parsed)) return { format: 'xgboost', check: async () => checkXgboost(parsed) };
  if (parsed instanceof Map && parsed.has('oblivious_trees') && parsed.has('features_info'))
    return { format: 'catboost', check: async () => undefined };
  return undefined;
};

const parse = (text: string): StrictJson | undefined => {
  try {
    return parseStrictJson(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
};
