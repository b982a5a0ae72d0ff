import type { GivenVerdict } from '../../core/admission/contract.ts';
import { type HoldList, holdsInScope } from '../../core/hold/contract.ts';
import { liftHold } from '../../core/hold/lift-hold.ts';
import { placeHold } from '../../core/hold/place-hold.ts';
import type { Person } from '../../core/kernel/actor.ts';
import { digestOf } from '../../core/kernel/digest.ts';
import type { Fact } from '../../core/kernel/fact.ts';
import type { Measure } from '../../core/kernel/metrics.ts';
import { RegisteredVersion } from '../../core/registry/contract.ts';
import { Backend, Deployment, RolloutRules } from '../../core/rollout/deployment.ts';
import { TargetUnusable } from '../../core/rollout/failures.ts';
import type { Window } from '../../core/rollout/judgement.ts';
import type { Rollouts, Split, Standing, Target } from '../../core/rollout/ports.ts';
import { flightOf, isOver, RolloutRecord } from '../../core/rollout/record.ts';
import { memoryHolds } from './memory-holds.ts';

export const eva: Person = { kind: 'person', arn: 'arn:aws:iam::111122223333:user/eva' };
const ROOT = digestOf('the bytes of version 2');

const deployment = Deployment.parse({
  name: 'fraud-prod',
  model: 'fraud',
  environment: 'prod',
  target: {
    kind: 'lambda-alias',
    functionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:fraud',
    alias: 'live',
  },
  roles: { look: 'arn:aws:iam::111122223333:role/look', shift: 'arn:aws:iam::111122223333:role/shift' },
  objectives: {},
});

const registered = RegisteredVersion.parse({
  model: 'fraud',
  version: '2.0.0',
  root: ROOT,
  owner: 'payments-risk',
  format: 'safetensors',
  tier: 'standard',
  stage: 'registered',
  registeredAt: '2026-11-23T09:00:00.000Z',
  attempt: 'a1',
  files: 1,
  bytes: 10,
  bundle: { key: 'models/fraud/2.0.0/model.sig', versionId: 'b1' },
  evidence: {},
});

const baseline = Backend.parse({ id: '1', model: 'fraud', version: '1.0.0', root: digestOf('the bytes of version 1') });
const candidate = Backend.parse({ id: '2', model: 'fraud', version: '2.0.0', root: ROOT });

const RULES = RolloutRules.parse({
  steps: {
    light: [{ share: 1, bakeSeconds: 60 }],
    standard: [
      { share: 0.1, bakeSeconds: 120 },
      { share: 0.5, bakeSeconds: 120 },
      { share: 1, bakeSeconds: 120 },
    ],
    full: [{ share: 1, bakeSeconds: 60 }],
  },
  lookSeconds: 60,
  patienceSeconds: 600,
  graceSeconds: 300,
});

type Health = 'healthy' | 'failing' | 'silent';

const PER_SECOND = 200;
const windowsOf = (record: RolloutRecord, since: Date, until: Date, health: Health): Window[] => {
  const seconds = Math.max(0, Math.floor((until.getTime() - since.getTime()) / 1000));
  if (health === 'silent' || seconds === 0) return [];
  const canary = Math.round(seconds * PER_SECOND * record.share);
  const stream = (requests: number, errors: number) => ({ requests, errors, slow: 0 });
  return [
    {
      start: since.toISOString(),
      canary: stream(canary, health === 'failing' ? Math.ceil(canary / 2) : 0),
      baseline: stream(seconds * PER_SECOND - canary, 0),
    },
  ];
};

/** Something that must never be seen, told with what was seen. */
class Impossible extends Error {
  override readonly name = 'Impossible';
}

/** As a table gives it back. */
const stored = (record: RolloutRecord): RolloutRecord => RolloutRecord.parse(JSON.parse(JSON.stringify(record)));

const demand = (held: boolean, what: string): void => {
  if (!held) throw new Impossible(what);
};

/**
 * The ports of rollouts over memory: tables, a target that counts its revisions, traffic. Every promise that the ports
 * make about each other is demanded at each write, so that a run that breaks one fails where it happens.
 */
export const memoryRollouts = () => {
  const facts: Fact[] = [];
  const held = memoryHolds(facts);
  const records = new Map<string, RolloutRecord>();
  const active = new Map<string, string>();
  const started: string[] = [];
  const woken: string[] = [];
  /** The steps that admission was asked about. */
  const admitted: (number | null)[] = [];
  const time = { now: new Date('2026-11-23T10:00:00.000Z') };
  const world = { health: 'healthy' as Health, admits: true, reachable: true };
  const target: { standing: Standing; moves: Split[]; strangers: Backend[] } = {
    standing: { primary: baseline, revision: 'r1' },
    moves: [],
    strangers: [],
  };
  /** By rollout, the newest intent that was seen to stand. */
  const confirmed = new Map<string, number>();
  const clock = { now: () => time.now };
  const measured = new Map<string, number>();
  const measure: Measure = ({ name }, value, ..._by) => {
    measured.set(name, value);
  };

  const inScope = (record: RolloutRecord) => {
    try {
      return holdsInScope(held.now(), record, time.now);
    } catch {
      return [];
    }
  };

  const swap: Rollouts['swap'] = async (record, also = {}) => {
    const standing = records.get(record.id);
    if (standing === undefined || standing.revision !== record.revision) return false;
    if (also.holds !== undefined && held.now().revision !== also.holds) return false;
    demand(!isOver(standing), `rollout ${record.id} changed after its end`);
    const next = stored({ ...record, revision: record.revision + 1 });
    if (next.intent !== undefined && next.sequence > standing.sequence && next.intent.way === 'forward') {
      demand(inScope(next).length === 0, 'a step forward was intended under a hold');
      demand(standing.pause === undefined, 'a step forward was intended during a pause');
      demand(standing.rollback === undefined, 'a step forward was intended after the way back');
      demand(next.intent.step === standing.step + 1 && standing.step === standing.safe, 'a step was left out');
    }
    if (standing.intent !== undefined && next.intent === undefined && next.share === standing.intent.share)
      confirmed.set(record.id, standing.intent.sequence);
    records.set(record.id, next);
    if (isOver(next)) active.delete(next.deployment);
    if (also.fact !== undefined) facts.push(also.fact);
    return true;
  };

  const rollouts: Rollouts = {
    find: async (id) => records.get(id),
    underway: async (atMost) =>
      [...records.values()]
        .filter((record) => !isOver(record))
        .map(({ id }) => id)
        .slice(0, atMost),
    latest: async (of, atMost) =>
      [...records.values()]
        .filter((record) => record.deployment === of)
        .map(({ id }) => id)
        .reverse()
        .slice(0, atMost),
    open: async (record, fact) => {
      if (records.has(record.id)) return { outcome: 'exists' };
      const busy = active.get(record.deployment);
      if (!isOver(record) && busy !== undefined) return { outcome: 'busy', rollout: busy };
      records.set(record.id, stored({ ...record, revision: 1 }));
      if (!isOver(record)) active.set(record.deployment, record.id);
      if (fact !== undefined) facts.push(fact);
      return { outcome: 'opened' };
    },
    swap,
  };

  const backendOf = (id: string): Backend => {
    const found = [baseline, candidate, ...target.strangers].find((backend) => backend.id === id);
    if (found === undefined) throw new TargetUnusable(`no version ${id}`);
    return found;
  };

  /** What somebody does past the plane. */
  const moveByHand = (to: Partial<Backend> & { id: string }, share = 1): void => {
    const stranger = Backend.parse(to);
    if (![baseline.id, candidate.id].includes(stranger.id)) target.strangers.push(stranger);
    const backend = backendOf(stranger.id);
    const { primary, revision } = target.standing;
    target.standing = {
      ...(share === 1 ? { primary: backend } : { primary, canary: { backend, share } }),
      revision: `r${Number(revision.slice(1)) + 1}`,
    };
  };

  const move = async (split: Split, stamp: string, revision: string): Promise<boolean> => {
    if (target.standing.revision !== revision) return false;
    const [, , rollout = '', , sequence] = stamp.split(' ');
    const newest = confirmed.get(rollout) ?? 0;
    demand([...active.values()].includes(rollout), `rollout ${rollout} moved a target that it does not have`);
    demand(Number(sequence) > newest, `intent ${sequence} came true after intent ${newest} was confirmed`);
    target.moves.push(split);
    const at = { stamp, revision: `r${Number(revision.slice(1)) + 1}` };
    const [from, to] = [backendOf(split.baseline), backendOf(split.candidate)];
    target.standing =
      split.share === 1
        ? { primary: to, ...at }
        : { primary: from, ...(split.share > 0 && { canary: { backend: to, share: split.share } }), ...at };
    return true;
  };

  const reach: Target = {
    current: async () => {
      if (!world.reachable) throw new TargetUnusable('the alias live was deleted');
      return target.standing;
    },
    find: async ({ version }) => [baseline, candidate].find((backend) => backend.version === version),
    shift: move,
    rollback: move,
  };

  return {
    rollouts,
    facts,
    records,
    started,
    woken,
    admitted,
    world,
    target,
    clock,
    /** What was measured last, by metric. */
    measured,
    measure,
    rules: RULES,
    held,
    holds: { list: async (): Promise<HoldList> => held.holds.list() },
    deployments: {
      all: async () => [deployment],
      find: async (name: string) => (name === deployment.name ? deployment : undefined),
      of: async ({ model, environment }: { model: string; environment: string }) =>
        model === deployment.model && environment === deployment.environment ? [deployment] : [],
    },
    targets: (): Target => reach,
    moveByHand,
    outbox: {
      has: async (id: string) => facts.some((fact) => fact.id === id),
      put: async (fact: Fact) => {
        if (!facts.some(({ id }) => id === fact.id)) facts.push(fact);
      },
    },
    versions: { find: async ({ version }: { version: string }) => (version === '2.0.0' ? registered : undefined) },
    observations: {
      windows: async (record: RolloutRecord, since: Date, until: Date) => windowsOf(record, since, until, world.health),
    },
    placeHold: placeHold({ holds: held.holds, clock }),
    liftHold: liftHold({ holds: held.holds, clock }),
    verdicts: { check: async () => ({ expiresAt: new Date(time.now.getTime() + 300_000).toISOString() }) },
    workflows: {
      start: async (id: string) => {
        started.push(id);
      },
    },
    waker: {
      wake: async (id: string) => {
        woken.push(id);
      },
    },
    /** Admission as the workflow sees it: it reads the holds, and says no under any. */
    admit: async (id: string, step: number | null): Promise<GivenVerdict> => {
      admitted.push(step);
      const record = records.get(id);
      const reasons =
        record === undefined ? [] : inScope(record).map(({ reason }) => ({ ...reason, rule: 'admission.held' }));
      const denied = world.admits
        ? reasons
        : [{ rule: 'admission.quarantined', message: 'the file may not be read' }, ...reasons];
      return {
        outcome: denied.length === 0 ? 'allow' : 'deny',
        verdict: { key: `admission/${id}`, digest: ROOT },
        expiresAt: time.now.toISOString(),
        step,
        reasons: denied,
      };
    },
    pass: (seconds: number) => {
      time.now = new Date(time.now.getTime() + seconds * 1000);
    },
    shareServed: (record: RolloutRecord): number => {
      const { primary, canary } = target.standing;
      return canary?.share ?? (primary.id === flightOf(record).candidate.id ? 1 : 0);
    },
  };
};

export type MemoryRollouts = ReturnType<typeof memoryRollouts>;
