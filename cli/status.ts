import type { AttemptStatus, DigestWays } from '../core/intake/contract.ts';
import { show } from '../core/kernel/reason.ts';
import { registryApi, type VersionStatus } from '../core/registry/api.ts';
import { couldNotTell, EXIT, type ExitCode, type Outcome } from './outcome.ts';
import type { Plane } from './plane.ts';
import { counted, inBytes, reasonLines } from './text.ts';
import { isAltered, verifiedLines } from './verified-text.ts';

export type StatusRequest = { readonly model: string; readonly version: string };

const EXITS: Readonly<Record<VersionStatus['state'], ExitCode>> = {
  registered: EXIT.yes,
  rejected: EXIT.no,
  unknown: EXIT.no,
  running: EXIT.unknown,
  incomplete: EXIT.unknown,
};

const attemptLines = ({ attempt, status, outcome, firstSeenAt, deadline, reasons, reasonCount }: AttemptStatus) => [
  `  attempt ${attempt}, first seen ${firstSeenAt}: ${outcome ?? status}`,
  ...(deadline === undefined ? [] : [`    files that are declared may still arrive until ${deadline}`]),
  ...reasonLines(reasons).map((line) => `  ${line}`),
  ...(reasonCount > reasons.length
    ? [`    and ${counted(reasonCount - reasons.length, 'more reason')}, in the answer object`]
    : []),
];

const headline = ({ model, version, state, registered }: VersionStatus): string => {
  const name = `${model} ${version}`;
  if (registered !== undefined)
    return `✓ ${name} is registered since ${registered.registeredAt}, tier ${registered.tier}, root ${registered.root}`;
  if (state === 'rejected') return `✗ ${name} was refused`;
  if (state === 'unknown') return `✗ the plane has never seen ${name}`;
  return `… ${name} is ${state === 'running' ? 'being examined' : 'not complete yet'}`;
};

const digestLine = ({ stored, read, bytesRead }: DigestWays): string =>
  `  digests: ${counted(stored, 'file')} as S3 stored them, ${counted(read, 'file')} by reading ${inBytes(bytesRead)}`;

export const statusOutcome = (document: VersionStatus): Outcome<VersionStatus> => {
  const { state, registered, attempts, verified } = document;
  const ways = registered?.digests;
  const text = [
    headline(document),
    ...(ways === undefined ? [] : [digestLine(ways)]),
    ...verifiedLines(verified),
    ...attempts.flatMap(attemptLines),
  ].join('\n');
  return { exitCode: isAltered(verified) ? EXIT.no : EXITS[state], document, text };
};

/** How a version stands: registered, refused, unknown, or still on its way. */
export const status = async (subject: StatusRequest, plane: Plane): Promise<Outcome<VersionStatus>> => {
  const document = await plane.ask(registryApi.status, subject);
  if (document === undefined)
    throw couldNotTell({ message: 'the plane does not say', found: show(subject), fix: 'Try again later.' });
  return statusOutcome(document);
};
