import { parse } from 'yaml';
import type { z } from 'zod';
import type { Feature } from '../core/intake/manifest.ts';
import type { LocalFile } from './files.ts';
import { isObject, NOTHING_TOLD, readDescription, type Told, textIn } from './told.ts';

/** The description of an MLflow model, at the top of its folder. */
const MLMODEL = 'MLmodel';

type Described = z.input<typeof Feature>;

/** MLflow's column types, https://mlflow.org/docs/latest/ml/model/signatures/; what is not here has no counterpart. */
const TYPES: ReadonlyMap<unknown, Described['type']> = new Map<unknown, Described['type']>([
  ['boolean', 'boolean'],
  ['integer', 'integer'],
  ['long', 'integer'],
  ['float', 'number'],
  ['double', 'number'],
  ['string', 'text'],
  ['datetime', 'timestamp'],
]);

const NAME = 200;

const featureOf = (column: unknown): Described[] => {
  if (!isObject(column)) return [];
  const [name, type] = [textIn(column.name, NAME), TYPES.get(column.type)];
  if (name === undefined || type === undefined) return [];
  return [{ name, type, ...(typeof column.required === 'boolean' && { required: column.required }) }];
};

/** The columns of a signature, which stands as JSON text within the YAML. Tensors have no named columns. */
const columnsIn = (signature: unknown): unknown[] => {
  if (!isObject(signature) || typeof signature.inputs !== 'string') return [];
  try {
    const columns: unknown = JSON.parse(signature.inputs);
    return Array.isArray(columns) ? columns : [];
  } catch {
    return [];
  }
};

const INSTANT = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(\.\d{1,6})?$/;

/** `utc_time_created` has no time zone of its own: its name says which. */
const instantIn = (value: unknown): string | undefined => {
  const match = typeof value === 'string' ? INSTANT.exec(value) : null;
  return match === null ? undefined : `${match[1]}T${match[2]}Z`;
};

const parsed = (text: string): unknown => {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
};

/** What an MLflow model says about itself; undefined where there is none. */
export const readMlflow = async (files: readonly LocalFile[]): Promise<Told | undefined> => {
  const text = await readDescription(files, MLMODEL);
  if (text === undefined) return undefined;
  const document = parsed(text);
  if (!isObject(document))
    return { ...NOTHING_TOLD, notes: [`${MLMODEL} cannot be read as YAML and was passed over.`] };
  const columns = columnsIn(document.signature);
  const features = columns.flatMap(featureOf);
  const trainedAt = instantIn(document.utc_time_created);
  const flavors = isObject(document.flavors) ? Object.keys(document.flavors) : [];
  const run = textIn(document.run_id, NAME);
  return {
    ...(features.length > 0 && { features }),
    ...(trainedAt !== undefined && { trainedAt }),
    notes: [
      ...(flavors.length > 0 ? [`MLflow flavors: ${flavors.join(', ')}.`] : []),
      ...(run === undefined ? [] : [`MLflow run ${run} made it; its parameters and metrics are kept there.`]),
      ...(columns.length > features.length
        ? [
            `${columns.length - features.length} inputs of the MLflow signature have no name or type that features can say.`,
          ]
        : []),
    ],
  };
};
