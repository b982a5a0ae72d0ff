import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { proveFact } from '../../cli/audit/prove-fact.ts';
import { type AuditDocument, verifyAudit } from '../../cli/audit/verify-audit.ts';
import type { Context } from '../../cli/context.ts';
import { EXIT, type Outcome } from '../../cli/outcome.ts';
import type { Plane } from '../../cli/plane.ts';
import { LOG_KEY } from '../../core/audit/contract.ts';
import { tileAt, tilePath } from '../../core/audit/tile.ts';
import { flipped } from './model-files.ts';
import type { PlaneClient } from './plane-client.ts';

const PATIENCE_MS = 30_000;

const context: Context = { signal: new AbortController().signal, progress: () => {} };

/** Nobody proves a fact before it was logged, which takes seconds. */
const proven = async (plane: Plane, fact: string, out: string, pause: () => Promise<unknown>): Promise<string> => {
  for (const began = Date.now(); ; await pause()) {
    const answer = await proveFact({ fact, out, log: undefined, key: undefined }, plane, context);
    if (answer.exitCode === EXIT.yes || Date.now() - began > PATIENCE_MS) return answer.text;
  }
};

type Said = { readonly ok: boolean; readonly text: string };
export type LogShown = { readonly proof: string; readonly whole: Said; readonly changed: Said };

/** Proves one fact, checks the whole log offline from a copy on this disk, and once more after one bit of a leaf is another. */
export const showAuditLog = async (client: PlaneClient, plane: Plane, fact: string): Promise<LogShown> => {
  const folder = await mkdtemp(join(tmpdir(), 'clearance-log-'));
  try {
    const proof = await proven(plane, fact, join(folder, 'fact.tlog-proof'), client.pause);
    const log = join(folder, 'log');
    for (const [path, bytes] of await client.auditLog()) {
      await mkdir(dirname(join(log, path)), { recursive: true });
      await writeFile(join(log, path), bytes);
    }
    const key = join(log, LOG_KEY);
    const said = ({ exitCode, text }: Outcome<AuditDocument>): Said => ({ ok: exitCode === EXIT.yes, text });
    const whole = await verifyAudit({ place: log, key }, context);
    const first = tileAt('entries', 0, whole.document.size ?? 0);
    if (first !== undefined) {
      const entries = join(log, tilePath(first));
      await writeFile(entries, flipped(await readFile(entries)));
    }
    const changed = await verifyAudit({ place: log, key }, context);
    return { proof: proof.replace(`${folder}/`, ''), whole: said(whole), changed: said(changed) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
