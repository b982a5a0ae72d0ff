import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { GateRules } from '../core/gates/contract.ts';
import { IntakeLimits } from '../core/intake/contract.ts';
import { show } from '../core/kernel/reason.ts';
import { misused } from './outcome.ts';

/** What of a stage's configuration decides about an upload; the rest is the platform team's. */
const StageRules = z.looseObject({
  intake: z.looseObject({ limits: IntakeLimits.prefault({}) }).prefault({}),
  gates: GateRules.prefault({}),
});

export type StageRules = { readonly limits: IntakeLimits; readonly gates: GateRules };

const rulesIn = (document: unknown, origin: string): StageRules => {
  const parsed = StageRules.safeParse(document);
  if (parsed.success) return { limits: parsed.data.intake.limits, gates: parsed.data.gates };
  const mistakes = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw misused({
    path: '--stage-file',
    message: 'this is not a stage configuration',
    found: origin,
    allowed: mistakes,
  });
};

/** The rules of a stage's configuration file, or what a stage has that says nothing about them. */
export const readStageRules = async (file: string | undefined): Promise<StageRules> => {
  if (file === undefined) return rulesIn({}, 'nothing');
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw misused({ path: '--stage-file', message: 'this file cannot be read', found: show(file) }, { cause });
  });
  try {
    return rulesIn(JSON.parse(text), show(file));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw misused({ path: '--stage-file', message: 'this file is not JSON', found: show(file) }, { cause });
  }
};
