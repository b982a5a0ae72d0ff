import { parse } from 'yaml';
import type { z } from 'zod';
import type { Metric } from '../core/intake/manifest.ts';
import type { LocalFile } from './files.ts';
import { isObject, NOTHING_TOLD, readDescription, type Told, textIn, textsIn } from './told.ts';

const CARD = 'README.md';
const CONFIG = 'config.json';
const FRONT_MATTER = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---\r?\n?/;
const NAME = 200;
const HUB = 'https://huggingface.co';

const parsed = (text: string, read: (text: string) => unknown): unknown => {
  try {
    return read(text);
  } catch {
    return undefined;
  }
};

type Measured = z.input<typeof Metric>;

const metricOf = (metric: unknown, dataset: string | undefined): Measured[] => {
  if (!isObject(metric) || typeof metric.value !== 'number' || !Number.isFinite(metric.value)) return [];
  const name = textIn(metric.type, 100) ?? textIn(metric.name, 100);
  return name === undefined ? [] : [{ name, value: metric.value, ...(dataset !== undefined && { dataset }) }];
};

const resultsOf = (entry: unknown): unknown[] => (isObject(entry) && Array.isArray(entry.results) ? entry.results : []);

/** https://github.com/huggingface/hub-docs/blob/main/modelcard.md: model-index → results → metrics, per data set. */
const metricsIn = (index: unknown): Measured[] => {
  const results = (Array.isArray(index) ? index : []).flatMap(resultsOf);
  const metrics = results.flatMap((result) => {
    if (!isObject(result) || !Array.isArray(result.metrics)) return [];
    const dataset = isObject(result.dataset) ? textIn(result.dataset.name, NAME) : undefined;
    return result.metrics.flatMap((metric) => metricOf(metric, dataset));
  });
  // One metric on one data set has one value; a card that gives more has them by configuration, which has no field.
  const named = new Map(metrics.map((metric) => [JSON.stringify([metric.name, metric.dataset]), metric]));
  return [...named.values()].slice(0, 200);
};

const PROSE = /^(?![#<>|`\-*![])\S/;

/** The first paragraph that is prose. */
const descriptionIn = (body: string): string | undefined => {
  const paragraph = body.split(/\r?\n\s*\r?\n/).find((text) => PROSE.test(text.trim()));
  return textIn(paragraph?.replaceAll(/\s+/g, ' '), 500);
};

const datasetOf = (name: string) => ({ name, uri: `${HUB}/datasets/${name}` });

const readCard = (text: string): Told => {
  const front = FRONT_MATTER.exec(text);
  const description = descriptionIn(front === null ? text : text.slice(front[0].length));
  const about = description === undefined ? {} : { description };
  if (front === null) return { ...about, notes: [] };
  const card = parsed(front[1] ?? '', parse);
  if (!isObject(card)) return { ...about, notes: [`The front matter of ${CARD} cannot be read and was passed over.`] };
  const datasets = [...new Set(textsIn(card.datasets, NAME))].slice(0, 40).map(datasetOf);
  const baseModels = [...new Set(textsIn(card.base_model, NAME))].slice(0, 20);
  const metrics = metricsIn(card['model-index']);
  const license = textIn(card.license, NAME);
  return {
    ...about,
    ...(datasets.length > 0 && { datasets }),
    ...(baseModels.length > 0 && { baseModels }),
    ...(metrics.length > 0 && { metrics }),
    notes: license === undefined ? [] : [`The model card gives the license of the model as ${license}.`],
  };
};

/** What transformers writes besides the architecture itself. */
const NOT_CHOSEN = /^_|version$|^(?:architectures|model_type|torch_dtype|dtype)$/;

const hyperparametersIn = (text: string): Told => {
  const config = parsed(text, JSON.parse);
  if (!isObject(config) || !(typeof config.model_type === 'string' || Array.isArray(config.architectures)))
    return NOTHING_TOLD;
  const chosen = Object.entries(config).filter(
    ([name, value]) =>
      !NOT_CHOSEN.test(name) && name.length <= NAME && ['number', 'string', 'boolean'].includes(typeof value),
  );
  return {
    notes: [],
    ...(chosen.length > 0 && { hyperparameters: Object.fromEntries(chosen) as NonNullable<Told['hyperparameters']> }),
  };
};

/** What a model card and a transformers configuration say, as Hugging Face keeps them beside a model. */
export const readModelCard = async (files: readonly LocalFile[]): Promise<Told> => {
  const [card, config] = [await readDescription(files, CARD), await readDescription(files, CONFIG)];
  const told = card === undefined ? NOTHING_TOLD : readCard(card);
  return { ...(config === undefined ? NOTHING_TOLD : hyperparametersIn(config)), ...told };
};
