import { z } from 'zod';
import { Manifest } from './manifest.ts';

/**
 * The published form of the manifest, JSON Schema 2020-12, for editors and for submitters in other languages. It counts
 * the length of a text in code points where intake counts UTF-16 units, and cannot say what takes two fields to see:
 * what it refuses intake refuses, what it lets through intake still reads.
 */
export const manifestSchema = (): object => ({
  ...z.toJSONSchema(Manifest, { io: 'input', target: 'draft-2020-12' }),
  title: 'Clearance manifest, version 1',
  description: 'manifest.json at the top of a model version: what is submitted, by whom, made from what, for what.',
});
