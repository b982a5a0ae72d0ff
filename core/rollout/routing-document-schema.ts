import { z } from 'zod';
import { RoutingDocument } from './routing-document.ts';

/** The published form of a routing document, JSON Schema 2020-12, for readers in other languages. */
export const routingDocumentSchema = (): object => ({
  ...z.toJSONSchema(RoutingDocument, { io: 'input', target: 'draft-2020-12' }),
  title: 'Clearance routing document, version 1',
  description:
    'Which version of a model answers which requests. Weights add up to 1000000, which a JSON Schema cannot say.',
});
