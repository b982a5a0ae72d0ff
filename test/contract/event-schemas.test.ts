import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { eventSchemas } from '../../scripts/event-schemas.ts';
import { eventContracts } from './guards/contracts.ts';
import { readSources } from './guards/source.ts';

const published = readSources('schemas/events/*.json');
const goldens = readSources('events/**/*.json');

/** Formats are off because the schemas give each of them as a pattern too. */
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
const schemaOf = (type: string): object =>
  JSON.parse(published.get(`schemas/events/${type}.schema.json`) ?? 'false') as object;

/** `events/rollout/started.v1.json` is an example of `rollout.started.v1`. */
const typeOf = (path: string): string =>
  path
    .split('/')
    .slice(1)
    .join('.')
    .replace(/\.json$/, '');

test('what is published is what the contracts say now; npm run schemas writes it', async () => {
  const written = Object.entries(await eventSchemas()).map(([name, schema]) => [
    `schemas/${name}`,
    JSON.parse(JSON.stringify(schema)),
  ]);

  expect(written.length).toBeGreaterThanOrEqual(eventContracts.length);
  expect(Object.fromEntries([...published].map(([path, text]) => [path, JSON.parse(text)]))).toEqual(
    Object.fromEntries(written),
  );
});

test.each([...goldens])('%s is what its published schema describes', (path, text) => {
  const validate = ajv.compile(schemaOf(typeOf(path)));

  expect(validate(JSON.parse(text)) ? [] : validate.errors).toEqual([]);
});

test.each([...goldens])('a subscriber sees what is missing in %s, and takes what a later plane adds', (path, text) => {
  const validate = ajv.compile(schemaOf(typeOf(path)));
  const detail: Record<string, unknown> = JSON.parse(text);
  const required = (schemaOf(typeOf(path)) as { required: string[] }).required;

  const without = required.map((name) => validate({ ...detail, [name]: undefined }));

  expect(without).toEqual(required.map(() => false));
  expect(required.length).toBeGreaterThan(0);
  expect(validate({ ...detail, later: true })).toBe(true);
});

test('a request and a fact name the source that each comes from', () => {
  const described = ['rollout.requested.v1', 'rollout.started.v1'].map(
    (type) => (schemaOf(type) as { description: string }).description,
  );

  expect(described).toEqual([
    'Detail of the events with source clearance.request and detail-type rollout.requested.v1.',
    'Detail of the events with source clearance and detail-type rollout.started.v1.',
  ]);
});
