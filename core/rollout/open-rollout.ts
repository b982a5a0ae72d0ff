import type { z } from 'zod';
import { canonicalJson } from '../kernel/canonical-json.ts';
import type { Clock } from '../kernel/clock.ts';
import { digestOf, hexOf } from '../kernel/digest.ts';
import { Throttled } from '../kernel/failures.ts';
import { type Reason, show } from '../kernel/reason.ts';
import type { RegisteredVersion } from '../registry/contract.ts';
import { changeRollout } from './change-rollout.ts';
import { RolloutRequested, type rollout, TOLD_REASONS } from './contract.ts';
import { type Backend, type Deployment, planFor, type RolloutRules } from './deployment.ts';
import { refusedFact } from './facts.ts';
import { TargetUnusable } from './failures.ts';
import type { Deployments, Rollouts, Standing, TargetReader, Versions } from './ports.ts';
import { type Flight, hasLiveOwner, isOver, type RolloutRecord } from './record.ts';
import { abandoned, over, steered } from './transitions.ts';

type Task = typeof rollout.tasks.openRollout;
type Input = z.output<Task['input']>;
type Output = z.input<Task['output']>;

export type OpenPorts = {
  readonly rollouts: Rollouts;
  readonly deployments: Deployments;
  readonly targets: (deployment: Deployment) => TargetReader;
  readonly versions: Versions;
  readonly clock: Clock;
  readonly rules: RolloutRules;
};

/** The same request is the same rollout, however often and by whomever it is delivered. */
export const rolloutId = ({ requestedBy, ...request }: RolloutRequested, event: string | null): string =>
  hexOf(digestOf(canonicalJson({ ...request, request: request.request ?? event ?? '' }))).slice(0, 20);

const unknownDeployment = (request: RolloutRequested, found: readonly Deployment[]): Reason => ({
  rule: 'rollout.deployment-unknown',
  message:
    found.length > 1
      ? `${request.model} has several deployments in ${request.environment}: name one`
      : `${request.model} has no ${request.deployment === undefined ? '' : 'such '}deployment in ${request.environment}`,
  ...(request.deployment !== undefined && { found: request.deployment }),
  allowed: found.map(({ name }) => name).join(', ') || 'none is known',
  ...(found.length === 0 && { fix: 'Deploy a GovernedDeployment for it.' }),
});

const notRegistered = ({ model, version }: RolloutRequested): Reason => ({
  rule: 'rollout.not-registered',
  message: `${model} ${version} is not registered`,
  fix: 'Submit it; its answer says what is in the way.',
});

const notDeployed = ({ model, version }: RolloutRequested): Reason => ({
  rule: 'rollout.not-deployed',
  message: `nothing behind the target says that it serves ${model} ${version}`,
  fix: 'Publish something that names the model, the version and its root digest.',
});

const unsettled = ({ canary }: Standing): Reason => ({
  rule: 'rollout.target-split',
  message: 'the target already splits its traffic, and not for a rollout',
  found: `${canary?.share ?? 0} to ${canary?.backend.id ?? 'nothing'}`,
  fix: 'Send all traffic to one version first.',
});

const alreadyServed = ({ model, version }: RolloutRequested): Reason => ({
  rule: 'rollout.already-served',
  message: `the target already sends everything to ${model} ${version}`,
});

const indistinguishable = ({ model, version }: RolloutRequested): Reason => ({
  rule: 'rollout.indistinguishable',
  message: `what serves names ${model} ${version} too: no inference event could tell the one from the other`,
  fix: 'Register what changed as a version of its own.',
});

/** The same thing, or another of the same name, by which the streams of both would be one. */
const sameName = (request: RolloutRequested, { primary }: Standing, candidate: Backend | undefined): Reason[] => {
  if (candidate === undefined) return [];
  if (candidate.id === primary.id) return [alreadyServed(request)];
  const isNamesake = primary.model === candidate.model && primary.version === candidate.version;
  return isNamesake ? [indistinguishable(request)] : [];
};

const busy = (rolloutOfTarget: string): Reason => ({
  rule: 'rollout.target-busy',
  message: 'another rollout has this target',
  found: rolloutOfTarget,
  fix: 'Wait for its end, or roll it back.',
});

const unusable = ({ message }: TargetUnusable): Reason => ({ rule: 'rollout.target-unusable', message });

type Arrival = {
  readonly deployment?: Deployment | undefined;
  readonly flight?: Flight;
  readonly reasons: readonly Reason[];
};

const deploymentFor = async ({ deployments }: OpenPorts, request: RolloutRequested): Promise<Arrival> => {
  const all = await deployments.of(request);
  const named = request.deployment === undefined ? all : all.filter(({ name }) => name === request.deployment);
  const [deployment, ...more] = named;
  return deployment === undefined || more.length > 0
    ? { reasons: [unknownDeployment(request, all)] }
    : { deployment, reasons: [] };
};

const flightFor = (
  { rules }: OpenPorts,
  deployment: Deployment,
  version: RegisteredVersion,
  standing: Standing,
  candidate: NonNullable<Awaited<ReturnType<TargetReader['find']>>>,
): Flight => ({
  root: version.root,
  tier: version.tier,
  plan: planFor(rules, deployment, version.tier),
  baseline: standing.primary,
  candidate,
});

const lookAt = async (target: TargetReader, request: RolloutRequested) => {
  try {
    const [standing, candidate] = await Promise.all([target.current(), target.find(request)]);
    return { standing, candidate };
  } catch (cause) {
    if (cause instanceof TargetUnusable) return cause;
    throw cause;
  }
};

/** What the request finds: a target that is free to move and something behind it that serves the version. */
const arrive = async (ports: OpenPorts, request: RolloutRequested): Promise<Arrival> => {
  const found = await deploymentFor(ports, request);
  const { deployment } = found;
  const version = await ports.versions.find(request);
  const missing = [...found.reasons, ...(version === undefined ? [notRegistered(request)] : [])];
  if (deployment === undefined) return { reasons: missing };
  const seen = await lookAt(ports.targets(deployment), request);
  if (seen instanceof TargetUnusable) return { deployment, reasons: [...missing, unusable(seen)] };
  const { standing, candidate } = seen;
  const reasons = [
    ...missing,
    ...(candidate === undefined ? [notDeployed(request)] : []),
    ...(standing.canary !== undefined ? [unsettled(standing)] : []),
    ...sameName(request, standing, candidate),
  ];
  if (version === undefined || candidate === undefined || reasons.length > 0) return { deployment, reasons };
  return { deployment, flight: flightFor(ports, deployment, version, standing, candidate), reasons };
};

export const requested = (
  event: string | null,
  request: RolloutRequested,
  id: string,
  deployment: string,
  now: Date,
): RolloutRecord => ({
  id,
  correlationId: request.request ?? event ?? id,
  deployment: deployment as RolloutRecord['deployment'],
  model: request.model,
  version: request.version,
  environment: request.environment,
  ...(request.requestedBy !== undefined && { requestedBy: request.requestedBy }),
  requestedAt: now.toISOString(),
  revision: 0,
  phase: 'requested',
  step: -1,
  share: 0,
  safe: -1,
  sequence: 0,
});

/** Whoever asked first steers. An execution that asks again has only been tried again. */
const claimed = ({ id, owner, phase, reasons }: RolloutRecord, execution: string): Output => {
  const told = { rollout: id, reasons: (reasons ?? []).slice(0, TOLD_REASONS) };
  if (phase === 'refused') return { outcome: 'refused', ...told };
  if (isOver({ phase })) return { outcome: 'over', ...told };
  return { outcome: owner === execution ? 'claimed' : 'steered-by-another', ...told };
};

const openNew = async (ports: OpenPorts, input: Input, request: RolloutRequested): Promise<Output> => {
  const id = rolloutId(request, input.event);
  const known = await ports.rollouts.find(id);
  if (known !== undefined) return claimed(known, input.execution);
  const now = ports.clock.now();
  const { deployment, flight, reasons } = await arrive(ports, request);
  // Without a deployment there is no name to go by; the fact still has to say what was asked for.
  const record = requested(input.event, request, id, deployment?.name ?? request.deployment ?? 'unknown', now);
  const refuse = async (because: readonly Reason[]): Promise<Output> => {
    const refused = over(record, 'refused', because, now);
    await ports.rollouts.open(refused, refusedFact(record, because, now));
    return claimed(refused, input.execution);
  };
  if (flight === undefined) return refuse(reasons);
  const opened = steered({ ...record, flight }, input.execution, ports.rules.graceSeconds, now);
  const opening = await ports.rollouts.open(opened);
  if (opening.outcome === 'busy') return refuse([busy(opening.rollout)]);
  if (opening.outcome === 'opened') return claimed(opened, input.execution);
  const standing = await ports.rollouts.find(id);
  if (standing === undefined) throw new Throttled(`rollout ${id} came and went`);
  return claimed(standing, input.execution);
};

/** A rollout that rests is anybody's; one whose execution fell silent is taken over as what it is, abandoned. */
const goOn = async ({ rollouts, clock, rules }: OpenPorts, id: string, execution: string): Promise<Output> => {
  const now = clock.now();
  const record = await changeRollout(rollouts, id, (standing) => {
    if (isOver(standing) || standing.owner === execution || hasLiveOwner(standing, now)) return undefined;
    const free = standing.owner === undefined ? standing : abandoned(standing, now);
    return { record: steered(free, execution, rules.graceSeconds, now) };
  });
  if (record === undefined) throw new Error(`there is no rollout ${id}`);
  return claimed(record, execution);
};

const malformed = (issues: readonly z.core.$ZodIssue[], request: unknown): Output => ({
  outcome: 'malformed',
  rollout: null,
  reasons: issues.slice(0, TOLD_REASONS).map(({ path, message }) => ({
    rule: 'rollout.request-malformed',
    message,
    path: ['$', ...path].join('.'),
    found: show(path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], request)),
  })),
});

/** Makes one execution the one that steers a rollout. */
export const openRollout =
  (ports: OpenPorts) =>
  async (input: Input): Promise<Output> => {
    if (input.rollout !== null) return goOn(ports, input.rollout, input.execution);
    const request = RolloutRequested.safeParse(input.request);
    if (request.success) return openNew(ports, input, request.data);
    return malformed(request.error.issues, input.request);
  };
