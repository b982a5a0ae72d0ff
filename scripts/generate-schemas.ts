import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { manifestSchema } from '../core/intake/manifest-schema.ts';
import { routingDocumentSchema } from '../core/rollout/routing-document-schema.ts';
import { inferenceEventSchema } from '../core/telemetry/inference-event-schema.ts';
import { eventSchemas } from './event-schemas.ts';

const schemaUrl = (name: string) => new URL(`../schemas/${name}`, import.meta.url);

/** Writes the published schemas. Tests compare them with what this writes, so a forgotten run is noticed. */
const schemas = {
  'manifest.v1.schema.json': manifestSchema(),
  'inference-event.v1.schema.json': inferenceEventSchema(),
  'routing-document.v1.schema.json': routingDocumentSchema(),
  ...(await eventSchemas()),
};

// An event that was renamed leaves nothing behind.
rmSync(schemaUrl('events/'), { recursive: true, force: true });
mkdirSync(schemaUrl('events/'), { recursive: true });
for (const [name, schema] of Object.entries(schemas))
  writeFileSync(schemaUrl(name), `${JSON.stringify(schema, null, 2)}\n`);
