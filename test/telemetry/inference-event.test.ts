import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InferenceEvent, readEvent } from '../../core/telemetry/inference-event.ts';
import { inferenceEventSchema } from '../../core/telemetry/inference-event-schema.ts';
import published from '../../schemas/inference-event.v1.schema.json' with { type: 'json' };
import { inference } from '../support/inference.ts';

/** Formats are off because the schema gives each of them as a pattern too. */
const validate = new Ajv2020({ strict: true, validateFormats: false }).compile(published);

const strange = fc.constantFrom<unknown>(
  undefined,
  null,
  '',
  'x',
  'x'.repeat(300),
  'Not A Name',
  0,
  -1,
  1.5,
  true,
  [],
  {},
  [{}],
  '2026-11-23T10:00:00Z',
  '2026-11-23T10:00:00',
  '2026-11-23T10:00:00+01:00',
  'error',
);
const mutated = fc
  .array(fc.tuple(fc.constantFrom(...Object.keys(InferenceEvent.shape), 'something-else'), strange), { maxLength: 3 })
  .map((changes) => JSON.parse(JSON.stringify({ ...inference(), ...Object.fromEntries(changes) })));

test('the published schema is what the code generates; `node scripts/generate-schemas.ts` writes it anew', () => {
  expect(published).toEqual(JSON.parse(JSON.stringify(inferenceEventSchema())));
});

test('what a producer checks with the published schema and what is counted are the same events', () => {
  let accepted = 0;
  fc.assert(
    fc.property(mutated, (event) => {
      const isCounted = !('refused' in readEvent(event));
      accepted += isCounted ? 1 : 0;

      expect(validate(event)).toBe(isCounted);
      expect(InferenceEvent.safeParse(event).success).toBe(isCounted);
    }),
    { numRuns: 2000 },
  );
  expect(accepted).toBeGreaterThan(200);
  expect(accepted).toBeLessThan(1800);
});
