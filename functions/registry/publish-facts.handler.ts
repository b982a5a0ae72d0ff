import { registry } from '../../core/registry/contract.ts';
import { publishFact } from '../../core/registry/publish-fact.ts';
import { measureIn } from '../platform/measure.ts';
import { onStream } from '../platform/on-batch.ts';
import { readEnv } from '../platform/read-env.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { eventBus } from './eventbridge-bus.adapter.ts';
import { findings } from './findings.ts';

/** An outbox item as the stream shows it: the mapping's filter lets nothing else through. */
type OutboxImage = { type: { S: string }; detail: { S: string } };

const env = readEnv(registry.reactors.publishFacts);
const measure = measureIn({ stage: env.STAGE, clock });
const publish = publishFact({
  bus: eventBus(env.EVENT_BUS_NAME),
  raise: findings(env.FINDINGS_PRODUCT),
  measure,
  clock,
});

export const handler = onStream<OutboxImage>(({ type, detail }) => publish({ type: type.S, detail: detail.S }));
