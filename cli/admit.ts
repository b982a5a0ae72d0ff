import { writeFile } from 'node:fs/promises';
import { type AdmitResponse, admissionApi } from '../core/admission/api.ts';
import { show } from '../core/kernel/reason.ts';
import { reading } from './files.ts';
import { EXIT, misused, type Outcome } from './outcome.ts';
import type { Plane } from './plane.ts';
import { counted, reasonLines } from './text.ts';

export type AdmitRequest = {
  readonly model: string;
  readonly version: string;
  readonly environment: string;
  /** The deployment whose door is asked about. */
  readonly deployment?: string | undefined;
  /** Where to write the signed verdict. */
  readonly bundle?: string | undefined;
};

export type AdmitDocument = AdmitResponse['answer'] & {
  /** The signed verdict; null where nothing could be signed about a version that is not registered. */
  readonly bundle: string | null;
  readonly file?: string;
};

const headline = ({ model, version, environment, deployment }: AdmitRequest, outcome: 'allow' | 'deny'): string => {
  const door = deployment === undefined ? environment : `${environment}, behind ${deployment}`;
  return outcome === 'allow'
    ? `✓ ${model} ${version} may run in ${door}`
    : `✗ ${model} ${version} may not run in ${door}`;
};

const linesOf = (request: AdmitRequest, { outcome, reasons, expiresAt, file, bundle }: AdmitDocument): string[] => [
  outcome === 'allow'
    ? `${headline(request, outcome)}, until ${expiresAt}`
    : `${headline(request, outcome)}, for ${counted(reasons.length, 'reason')}:`,
  ...reasonLines(reasons),
  ...(file === undefined ? [] : [`  the signed verdict is in ${file}`]),
  ...(request.bundle !== undefined && bundle === null
    ? ['  there is no signed verdict: what is not registered has no bytes to sign anything about']
    : []),
];

/** Asks whether a version may run in an environment now. A no is signed like a yes, and written to the same file. */
export const admit = async (request: AdmitRequest, plane: Plane): Promise<Outcome<AdmitDocument>> => {
  const { bundle: file, deployment, ...asked } = request;
  const body = { ...asked, ...(deployment !== undefined && { deployment }) };
  const response = await plane.tell(admissionApi.admit, {}, body);
  if (response === undefined)
    throw misused({
      path: '--deployment',
      message: `${asked.model} has no such deployment in ${asked.environment}`,
      found: show(deployment),
    });
  const { answer, bundle } = response;
  if (file !== undefined && bundle !== null) await reading(file, writeFile(file, bundle));
  const document = { ...answer, bundle, ...(file !== undefined && bundle !== null && { file }) };
  const exitCode = answer.outcome === 'allow' ? EXIT.yes : EXIT.no;
  return { exitCode, document, text: linesOf(request, document).join('\n') };
};
