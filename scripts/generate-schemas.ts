import { writeFileSync } from 'node:fs';
import { manifestSchema } from '../core/intake/manifest-schema.ts';
import { routingDocumentSchema } from '../core/rollout/routing-document-schema.ts';
import { inferenceEventSchema } from '../core/telemetry/inference-event-schema.ts';

/** Writes the published schemas. A test compares them with what this writes, so a forgotten run is noticed. */
const schemas = {
  'manifest.v1.schema.json': manifestSchema(),
  'inference-event.v1.schema.json': inferenceEventSchema(),
  'routing-document.v1.schema.json': routingDocumentSchema(),
};

for (const [name, schema] of Object.entries(schemas))
  writeFileSync(new URL(`../schemas/${name}`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
