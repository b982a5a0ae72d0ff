import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import type { Dataset, Feature, Manifest, Metric } from '../core/intake/manifest.ts';
import { type LocalFile, reading } from './files.ts';

type Described = z.input<typeof Manifest>;
type Wide<Shape> = { readonly [Name in keyof Shape]?: Shape[Name] | string | undefined };

/** What a folder's own documents say that a manifest asks for. Names it does not check: the schema will. */
export type Told = {
  readonly description?: string;
  readonly trainedAt?: string;
  readonly datasets?: readonly Wide<z.input<typeof Dataset>>[];
  readonly baseModels?: readonly string[];
  readonly metrics?: readonly z.input<typeof Metric>[];
  readonly features?: readonly z.input<typeof Feature>[];
  readonly hyperparameters?: NonNullable<NonNullable<Described['training']>['hyperparameters']>;
  /** What a human should know about it and no field can hold. */
  readonly notes: readonly string[];
};

export const NOTHING_TOLD: Told = { notes: [] };

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const textIn = (value: unknown, most: number): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, most).toWellFormed() : undefined;

/** One or several, as both formats write their lists. */
export const textsIn = (value: unknown, most: number): string[] =>
  (Array.isArray(value) ? value : [value]).flatMap((item) => textIn(item, most) ?? []);

const MOST_BYTES = 4 * 1024 ** 2;

/** The text of a document that describes a model; a larger one is something else under its name. */
export const readDescription = async (files: readonly LocalFile[], path: string): Promise<string | undefined> => {
  const file = files.find((candidate) => candidate.path === path);
  if (file === undefined || file.size > MOST_BYTES) return undefined;
  return reading(path, readFile(file.absolute, 'utf8'));
};
