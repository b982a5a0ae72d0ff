import { compareRegistry, type RegisteredHead } from '../../core/audit/compare-registry.ts';
import type { Leaf } from '../../core/audit/leaf.ts';
import { leavesLogged } from '../../core/audit/read-leaves.ts';
import type { Reason } from '../../core/kernel/reason.ts';
import { registryApi } from '../../core/registry/api.ts';
import type { Context } from '../context.ts';
import { allModels } from '../list.ts';
import { EXIT, type Outcome } from '../outcome.ts';
import type { Plane } from '../plane.ts';
import { counted, oneLine, reasonLines } from '../text.ts';
import { type LogChoice, openLog, readingLog } from './open-log.ts';

export type CompleteDocument = {
  readonly outcome: 'yes' | 'no';
  readonly versions: number;
  readonly leaves: number;
  readonly reasons: readonly Reason[];
};

const registered = async (plane: Plane, { progress }: Context): Promise<RegisteredHead[]> => {
  const versions: RegisteredHead[] = [];
  for (const { model } of await allModels(plane)) {
    progress(`versions of ${oneLine(model)}`);
    versions.push(...((await plane.ask(registryApi.model, { model }))?.versions ?? []));
  }
  return versions;
};

/** Whether registry and log know of the same versions. The registry is read first: what comes later is in the log. */
export const completeLog = async (
  choice: LogChoice,
  { plane, now }: { plane: Plane; now: () => Date },
  context: Context,
): Promise<Outcome<CompleteDocument>> => {
  const versions = await registered(plane, context);
  const { head, place, read } = await openLog(choice, plane, context.signal);
  const leaves: Leaf[] = [];
  const readAll = async (): Promise<void> => {
    for await (const { leaf } of leavesLogged(read, head.size, {})) leaves.push(leaf);
  };
  await readingLog(place, readAll());
  const reasons = compareRegistry(versions, leaves, now());
  const outcome = reasons.length === 0 ? 'yes' : 'no';
  const document = { outcome, versions: versions.length, leaves: leaves.length, reasons } as const;
  const counts = `${counted(versions.length, 'registered version')} and ${leaves.length} leaves`;
  const text =
    outcome === 'yes'
      ? `✓ registry and log agree: ${counts}`
      : [`✗ registry and log disagree, for ${counted(reasons.length, 'reason')}:`, ...reasonLines(reasons)].join('\n');
  return { exitCode: EXIT[outcome], document, text };
};
