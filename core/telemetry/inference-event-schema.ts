import { z } from 'zod';
import { InferenceEvent } from './inference-event.ts';

/** The published form of an inference event, JSON Schema 2020-12, for producers in other languages. */
export const inferenceEventSchema = (): object => ({
  ...z.toJSONSchema(InferenceEvent, { io: 'input', target: 'draft-2020-12' }),
  title: 'Clearance inference event, version 1',
  description: 'One line of a capture file (JSON Lines, plain or gzip): one answer of one model version.',
});
