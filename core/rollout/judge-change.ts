import type { HoldEffect } from '../hold/contract.ts';
import type { ApiCall } from '../kernel/api-call.ts';
import type { Clock } from '../kernel/clock.ts';
import { type Fact, factId } from '../kernel/fact.ts';
import { BYPASSED } from './bypass.ts';
import { bypassOutcome } from './bypass-outcome.ts';
import { type Bypassed, type BypassOutcome, rollout } from './contract.ts';
import type { Deployment } from './deployment.ts';
import { bypassReason, servedIn } from './describe-bypass.ts';
import type { FactOutbox, HoldPlacer, StandingHolds, Versions } from './ports.ts';
import { type Seen, type SeePorts, seeTarget } from './see-target.ts';
import { changeOf, isChanged, type TargetChange } from './target-change.ts';

type Placed = { readonly outcome: string } | { readonly outcome: string; readonly hold: { readonly id: string } };

export type JudgeChangePorts = SeePorts & {
  readonly deployments: { all(): Promise<readonly Deployment[]> };
  readonly versions: Versions;
  readonly holds: StandingHolds;
  readonly placeHold: HoldPlacer<Placed>;
  readonly outbox: FactOutbox;
  readonly clock: Clock;
};

export type Judged = {
  readonly deployment: string;
  /** `intended`: the plane's own doing, or nothing that changes what serves. `known`: judged before. */
  readonly outcome: BypassOutcome | 'intended' | 'known';
};

/** Of what serves and should not, it takes the traffic. What is registered is left: a person says whether it stays. */
const EFFECTS: Readonly<Record<BypassOutcome, HoldEffect | undefined>> = {
  restored: undefined,
  undone: 'pause',
  moved: 'pause',
  unreachable: 'pause',
  held: 'evict',
  unregistered: 'evict',
  differs: 'evict',
  unnamed: 'evict',
};

type Found = {
  readonly deployment: Deployment;
  readonly call: ApiCall;
  readonly seen: Seen;
  readonly outcome: BypassOutcome;
};

const hold = async ({ placeHold }: JudgeChangePorts, { deployment, ...found }: Found): Promise<Partial<Bypassed>> => {
  const { name, model, environment } = deployment;
  const effect = EFFECTS[found.outcome];
  if (effect === undefined) return {};
  const placed = await placeHold({
    scope: { model, environment },
    deployment: name,
    effect,
    severity: 'page',
    reason: bypassReason(found),
    runbook: 'rollout#traffic-was-moved-past-the-plane',
    placedBy: BYPASSED,
  });
  return { effect, ...('hold' in placed && { hold: placed.hold.id }) };
};

const { bypassed } = rollout.events;

const idOf = ({ account, id }: ApiCall, { name }: Deployment): string => factId(bypassed, account, id, name);

const bypassedFact = ({ deployment, call, seen, outcome }: Found, held: Partial<Bypassed>, now: Date): Fact => {
  const { name, model, environment } = deployment;
  const { id, at, service, name: called, by, account } = call;
  const detail: Bypassed = {
    id: idOf(call, deployment),
    deployment: name,
    model,
    environment,
    occurredAt: now.toISOString(),
    correlationId: id,
    outcome,
    call: { id, at, service, name: called, by: by.arn, account },
    served: servedIn(seen),
    declared: seen.declared.backends.map((backend) => backend.id),
    ...held,
  };
  return { id: detail.id, type: bypassed.type, detail };
};

const judgeOne = async (
  ports: JudgeChangePorts,
  deployment: Deployment,
  change: TargetChange,
): Promise<Judged['outcome']> => {
  const { call } = change;
  if (await ports.outbox.has(idOf(call, deployment))) return 'known';
  const seen = await seeTarget(ports, deployment);
  const by = { versions: ports.versions, holds: await ports.holds.list(), now: ports.clock.now() };
  const outcome = await bypassOutcome(by, { deployment, change, seen });
  if (outcome === undefined) return 'intended';
  const found = { deployment, call, seen, outcome };
  await ports.outbox.put(bypassedFact(found, await hold(ports, found), ports.clock.now()));
  return outcome;
};

/**
 * Judges what a call of somebody's did to the targets of deployments: by what serves now against what rollouts declare,
 * and against the registry, whoever called. What may not serve is evicted; a registered version that was moved by hand is
 * left and held. The hold comes before the fact, which says that the call is judged.
 * @throws ListUnreadable, Throttled: the call is to be judged again
 */
export const judgeChange =
  (ports: JudgeChangePorts) =>
  async (call: ApiCall): Promise<Judged[]> => {
    const change = changeOf(call);
    if (change === undefined) return [];
    const judged: Judged[] = [];
    for (const deployment of await ports.deployments.all())
      if (isChanged(deployment, change))
        judged.push({ deployment: deployment.name, outcome: await judgeOne(ports, deployment, change) });
    return judged;
  };
