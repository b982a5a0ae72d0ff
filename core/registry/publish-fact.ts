import { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import { type Measure, metrics } from '../kernel/metrics.ts';

/** A fact as the outbox keeps it: its detail is the text that goes on the bus. */
type OutboxFact = { readonly type: string; readonly detail: string };

export type PublishPorts = {
  readonly bus: (fact: OutboxFact) => Promise<void>;
  /** What the fact is to whoever watches for attacks, to be told beside it; nothing for most. */
  readonly raise: (fact: OutboxFact) => Promise<OutboxFact | undefined>;
  readonly measure: Measure;
  readonly clock: Clock;
};

const HOLD_PLACED = 'hold.placed.v1';

const Told = z.object({ occurredAt: z.iso.datetime() });
const HoldTold = z.object({
  severity: z.string(),
  placedBy: z.object({ kind: z.string(), signal: z.string().optional() }),
});

/** `drift` of `drift.feature-shifted`; people are one kind, since a name would be a dimension without end. */
const familyOf = ({ signal }: z.output<typeof HoldTold>['placedBy']): string => signal?.split('.')[0] ?? 'person';

/** Facts are the one place that everything of note passes, so what the plane did is counted here and nowhere else. */
const count = ({ type, detail }: OutboxFact, { measure, clock }: PublishPorts): void => {
  const told: unknown = JSON.parse(detail);
  measure(metrics.facts, 1, { Kind: type.replace(/\.v\d+$/, '') });
  const at = Told.safeParse(told);
  if (at.success) measure(metrics.factLag, Math.max(0, clock.now().getTime() - new Date(at.data.occurredAt).getTime()));
  const placed = type === HOLD_PLACED ? HoldTold.safeParse(told) : undefined;
  if (placed?.success)
    measure(metrics.holdsPlaced, 1, { Severity: placed.data.severity, Signal: familyOf(placed.data.placedBy) });
};

/** Puts a fact on the bus, and counts it: after, so that what is tried again is not counted twice. */
export const publishFact =
  (ports: PublishPorts) =>
  async (fact: OutboxFact): Promise<void> => {
    await ports.bus(fact);
    const raised = await ports.raise(fact);
    if (raised !== undefined) await ports.bus(raised);
    for (const told of raised === undefined ? [fact] : [fact, raised]) count(told, ports);
  };
