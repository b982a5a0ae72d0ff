import { z } from 'zod';
import { type EventContract, FACT_SOURCE, REQUEST_SOURCE } from './contract.ts';

/** The source that an event of this type carries on the bus: what people and CI ask for, or what the plane says. */
const sourceOf = ({ type }: EventContract): string => (type.includes('.requested.') ? REQUEST_SOURCE : FACT_SOURCE);

/**
 * The published form of an event's detail, JSON Schema 2020-12, for subscribers in other languages. It lets members
 * through that it does not name: a later plane may say more under the same type, and nothing less.
 */
export const eventSchema = (event: EventContract): object => ({
  ...z.toJSONSchema(event.detail, { io: 'input', target: 'draft-2020-12' }),
  title: event.type,
  description: `Detail of the events with source ${sourceOf(event)} and detail-type ${event.type}.`,
});
