import type { HoldLifted, HoldPlaced } from './contract.ts';
import { describeActor, describeEffect, describeScope, describeWhy, runbookPath } from './describe-hold.ts';
import type { HoldSeverity } from './hold.ts';

/** What a person on call gets. The attributes are for tools: one incident has one fingerprint and one hold. */
export type OnCallMessage = {
  /** ASCII without control characters, at most 100: SNS takes nothing else. */
  readonly subject: string;
  readonly text: string;
  readonly attributes: {
    readonly fingerprint: string;
    readonly hold: string;
    readonly state: 'open' | 'resolved';
    readonly severity: HoldSeverity;
  };
};

const LONGEST_SUBJECT = 100;

const subjectOf = (text: string): string => {
  const ascii = text.replace(/[^\x20-\x7e]/g, '?');
  return ascii.length > LONGEST_SUBJECT ? `${ascii.slice(0, LONGEST_SUBJECT - 3)}...` : ascii;
};

/** Reasons carry names and values of somebody else: none of them may look like a line of ours. */
const oneLine = (value: string): string => value.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');

const LABEL_WIDTH = 12;
const lines = (rows: readonly (readonly [label: string, value: string | undefined])[]): string[] =>
  rows.flatMap(([label, value]) => (value === undefined ? [] : [`${label.padEnd(LABEL_WIDTH)}${oneLine(value)}`]));

const signalOf = ({ placedBy, reason }: HoldPlaced): string =>
  placedBy.kind === 'signal' ? placedBy.signal : reason.rule;

/** A hold that names no runbook has the page about holds of any kind. */
const ANY_HOLD = 'hold#a-model-is-held';

export const placedMessage = (fact: HoldPlaced, stage: string): OnCallMessage => {
  const { hold, fingerprint, severity, count } = fact;
  const what = describeScope(fact.scope);
  const text = [
    `${what} is held in stage ${stage}${count > 1 ? ', and it is graver than before' : ''}.`,
    '',
    ...lines([
      ['Signal', signalOf(fact)],
      ['Measured on', fact.deployment],
      ['Why', describeWhy(fact.reason)],
      ['Effect', describeEffect(fact.effect)],
      ['Placed by', describeActor(fact.placedBy)],
      ['Since', `${fact.placedAt}, asked for ${count === 1 ? 'once' : `${count} times`}`],
      ['Ends', fact.expiresAt === undefined ? 'when somebody lifts it' : `by itself at ${fact.expiresAt}`],
      ...fact.evidence.map(({ key, digest }) => ['Evidence', `${key} (${digest})`] as const),
    ]),
    '',
    ...lines([
      ['Runbook', runbookPath(fact.runbook ?? ANY_HOLD)],
      ['Look', `clearance holds --stage ${stage}`],
      ['Lift', `clearance lift ${hold} --stage ${stage} --reason "..."`],
    ]),
    '',
    `Hold ${hold}, fingerprint ${fingerprint}`,
  ];
  return {
    subject: subjectOf(`${severity.toUpperCase()} ${stage}: ${what} is held, ${signalOf(fact)}`),
    text: text.join('\n'),
    attributes: { fingerprint, hold, state: 'open', severity },
  };
};

export const liftedMessage = (fact: HoldLifted, stage: string, severity: HoldSeverity): OnCallMessage => {
  const { hold, fingerprint } = fact;
  const what = describeScope(fact.scope);
  const text = [
    `${what} is held no longer by ${hold} in stage ${stage}.`,
    '',
    ...lines([
      ['Lifted by', describeActor(fact.liftedBy)],
      ['Why', fact.reason],
      ['Held', `from ${fact.placedAt} to ${fact.occurredAt}`],
    ]),
    '',
    'Other holds may still stand: clearance holds shows them.',
    '',
    `Hold ${hold}, fingerprint ${fingerprint}`,
  ];
  return {
    subject: subjectOf(`RESOLVED ${stage}: ${what}, hold ${hold} is lifted`),
    text: text.join('\n'),
    attributes: { fingerprint, hold, state: 'resolved', severity },
  };
};
