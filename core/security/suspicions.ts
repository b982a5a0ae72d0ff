import type { z } from 'zod';
import { hold } from '../hold/contract.ts';
import { intake } from '../intake/contract.ts';
import type { EventContract } from '../kernel/contract.ts';
import { describeReason, type Reason } from '../kernel/reason.ts';
import { type BypassOutcome, rollout } from '../rollout/contract.ts';
import { type SecurityFinding, security } from './contract.ts';

type Severity = SecurityFinding['Severity']['Label'];

/** What a fact means to whoever watches for attacks. */
export type Suspicion = {
  /** What found it. */
  readonly rule: string;
  readonly severity: Severity;
  /** Of the taxonomy of the finding format: `namespace/category/classifier`. */
  readonly type: string;
  readonly title: string;
  readonly why: string;
  readonly fix?: string | undefined;
  readonly about: { readonly bucket: string; readonly key: string } | { readonly name: string };
  readonly fields: Readonly<Record<string, string | undefined>>;
};

type Read = (detail: unknown) => Suspicion | undefined;

const reader = <Detail extends z.ZodType>(
  event: EventContract<Detail>,
  read: (detail: z.output<Detail>) => Suspicion | undefined,
): readonly [string, Read] => [event.type, (detail) => read(event.detail.parse(detail))];

const DATA = 'Unusual Behaviors/Data';

/** Of the reasons of a refusal, those that may be somebody's intent, the gravest first. The others are mistakes. */
const REFUSALS: readonly { rule: string; severity: Severity; type: string }[] = [
  { rule: 'scanning.malicious-file', severity: 'HIGH', type: 'TTPs/Initial Access/Malicious model' },
  { rule: 'gates.dataset-source-unknown', severity: 'MEDIUM', type: `${DATA}/Training data from an unknown source` },
  { rule: 'gates.training-labels-flipped', severity: 'MEDIUM', type: `${DATA}/Flipped labels in training data` },
  { rule: 'gates.training-data-outlying', severity: 'MEDIUM', type: `${DATA}/Outlying block in training data` },
  { rule: 'registry.version-immutable', severity: 'MEDIUM', type: 'TTPs/Persistence/Replaced model' },
  { rule: 'scanning.suspicious-file', severity: 'MEDIUM', type: 'TTPs/Initial Access/Suspicious model' },
];

const rejected = reader(intake.events.versionRejected, ({ model, version, reasons, attempt, answer }) => {
  const found = REFUSALS.find(({ rule }) => reasons.some((reason) => reason.rule === rule));
  const because: readonly Reason[] = reasons.filter(({ rule }) => rule === found?.rule);
  if (found === undefined) return undefined;
  return {
    ...found,
    title: `Model version ${model} ${version} was refused: ${because[0]?.message}`,
    why: because.map(describeReason).join('. '),
    fix: 'It was quarantined: nobody can read it. Find out who uploaded it, and where they have it from.',
    about: { bucket: answer.bucket, key: `models/${model}/${version}/` },
    fields: { model, version, attempt },
  };
});

const scopeOf = (scope: z.output<typeof hold.events.placed.detail>['scope']) =>
  'everything' in scope ? { name: 'everything' } : { ...scope, name: Object.values(scope).join(' ') };

/** A hold of a person is their own decision. One about a bypass is told by the bypass. */
const evicted = reader(hold.events.placed, ({ effect, placedBy, reason, scope, hold: id, deployment }) => {
  if (effect !== 'evict' || placedBy.kind !== 'signal' || placedBy.signal === 'rollout.bypassed') return undefined;
  const { name, ...fields } = scopeOf(scope);
  return {
    rule: placedBy.signal,
    severity: 'HIGH',
    type: 'Unusual Behaviors/Application/Model that may not serve',
    title: `The check ${placedBy.signal} takes ${name} out of traffic: ${reason.message}`,
    why: describeReason(reason),
    fix: reason.fix,
    about: { name: `model/${name}` },
    fields: { ...fields, deployment, hold: id },
  };
});

const BYPASSES: Readonly<Record<BypassOutcome, Severity>> = {
  restored: 'LOW',
  undone: 'MEDIUM',
  moved: 'MEDIUM',
  unreachable: 'MEDIUM',
  held: 'CRITICAL',
  unregistered: 'CRITICAL',
  differs: 'CRITICAL',
  unnamed: 'CRITICAL',
};

const bypassed = reader(
  rollout.events.bypassed,
  ({ outcome, deployment, model, environment, call, served, hold: id }) => {
    const now =
      served.map((backend) => `${backend.id} (${backend.version ?? 'no version'})`).join(', ') || 'cannot be seen';
    return {
      rule: `rollout.bypassed-${outcome}`,
      severity: BYPASSES[outcome],
      type: 'TTPs/Defense Evasion/Deployment past admission',
      title: `${model} in ${environment} was changed past the plane (${outcome}) by ${call.by}`,
      why: `${call.service} ${call.name} at ${call.at}, CloudTrail event ${call.id}, on deployment ${deployment}; what serves now: ${now}`,
      fix: 'docs/runbooks/rollout.md, "Traffic was moved past the plane".',
      about: { name: `deployment/${deployment}` },
      fields: { model, environment, deployment, hold: id, caller: call.by, call: call.id },
    };
  },
);

const refused = reader(security.events.accessRefused, ({ call, bucket, key, model, version }) => ({
  rule: 'security.access-refused',
  severity: 'MEDIUM',
  type: `${DATA}/Refused access to a model`,
  title: `${call.name} of ${model} ${version} was refused to ${call.by}`,
  why: `S3 refused ${call.name} of ${key} at ${call.at}, CloudTrail event ${call.id}: the version is not cleared, or the caller may not do this to any`,
  fix: 'Ask who called. A server that asks for a version which is not registered gets it once it is.',
  about: { bucket, key },
  fields: { model, version, caller: call.by, call: call.id },
}));

export const READERS: ReadonlyMap<string, Read> = new Map([rejected, evicted, bypassed, refused]);

/** @returns nothing for a fact that means nothing to them */
export const suspicionIn = (type: string, detail: unknown): Suspicion | undefined => READERS.get(type)?.(detail);
