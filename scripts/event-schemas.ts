import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { EventContract } from '../core/kernel/contract.ts';
import { eventSchema } from '../core/kernel/event-schema.ts';

const root = join(import.meta.dirname, '..');

type Capability = { events?: Record<string, EventContract> };

/** Every event of every capability's contract, by file name under schemas/. */
export const eventSchemas = async (): Promise<Record<string, object>> => {
  const schemas: Record<string, object> = {};
  for (const path of globSync('core/*/contract.ts', { cwd: root }).sort()) {
    const module: Record<string, Capability | undefined> = await import(join(root, path));
    const capability = module[path.split('/')[1] ?? ''];
    for (const event of Object.values(capability?.events ?? {}))
      schemas[`events/${event.type}.schema.json`] = eventSchema(event);
  }
  return schemas;
};
