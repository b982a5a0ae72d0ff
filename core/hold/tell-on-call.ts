import { HoldLifted, HoldPlaced, hold as holdContract } from './contract.ts';
import { HoldSeverity } from './hold.ts';
import { liftedMessage, type OnCallMessage, placedMessage } from './on-call-message.ts';

/** What people on call were told of a hold, by the fact that made us tell it. */
export type Told = { readonly fact: string; readonly kind: 'placed' | 'lifted'; readonly severity: HoldSeverity };

export type OnCallPorts = {
  told: {
    /** Read strongly consistent. */
    about(hold: string): Promise<readonly Told[]>;
    record(hold: string, told: Told): Promise<void>;
  };
  /** Wakes somebody (`page`), or leaves them something to do (`ticket`). */
  send(severity: HoldSeverity, message: OnCallMessage): Promise<void>;
  stage: string;
};

type Telling = 'told' | 'told-before' | 'over';

/**
 * Facts arrive at least once and in any order. What was told is recorded after it was sent: between the two a crash
 * says it twice, and the other way round it would leave somebody asleep.
 */
const tellPlaced =
  ({ told, send, stage }: OnCallPorts) =>
  async (fact: HoldPlaced): Promise<Telling> => {
    const before = await told.about(fact.hold);
    if (before.some((each) => each.fact === fact.id)) return 'told-before';
    // Lifted already: nobody is woken for it, and no later fact would tell them that it is over.
    const over = before.some(({ kind }) => kind === 'lifted');
    if (!over) await send(fact.severity, placedMessage(fact, stage));
    await told.record(fact.hold, { fact: fact.id, kind: 'placed', severity: fact.severity });
    return over ? 'over' : 'told';
  };

/** A hold that became graver was told twice, to different people perhaps: all of them hear that it is over. */
const tellLifted =
  ({ told, send, stage }: OnCallPorts) =>
  async (fact: HoldLifted): Promise<Telling> => {
    const before = await told.about(fact.hold);
    if (before.some((each) => each.fact === fact.id)) return 'told-before';
    const heard = new Set([fact.severity, ...before.map(({ severity }) => severity)]);
    for (const severity of HoldSeverity.options.filter((each) => heard.has(each)))
      await send(severity, liftedMessage(fact, stage, severity));
    await told.record(fact.hold, { fact: fact.id, kind: 'lifted', severity: fact.severity });
    return 'told';
  };

/** Tells people on call of a fact about a hold, unless they were told. */
export const tellOnCall =
  (ports: OnCallPorts) =>
  async (type: string, detail: unknown): Promise<Telling> => {
    const { placed, lifted } = holdContract.events;
    if (type === placed.type) return tellPlaced(ports)(HoldPlaced.parse(detail));
    if (type === lifted.type) return tellLifted(ports)(HoldLifted.parse(detail));
    throw new TypeError(`nobody on call is told of ${type}`);
  };
