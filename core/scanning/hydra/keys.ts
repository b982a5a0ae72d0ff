import { type KeyCheck, shown } from '../documents/document.ts';
import { allowedImports, judgeImport } from '../documents/imports.ts';
import { LAYERS } from '../documents/layers.ts';
import { isFields } from '../documents/walk.ts';
import type { Scan } from '../scan.ts';
import { NEMO, TORCH_TARGETS } from './allowed.ts';

const listed = allowedImports(TORCH_TARGETS, NEMO);

const report = (
  scan: Scan,
  { key, target, member }: { key: string; target: string; member: string | undefined },
): void => {
  const allowed = { has: (dotted: string) => LAYERS.has(dotted) || listed.has(dotted) || scan.allowed.has(dotted) };
  const judgement = judgeImport(target, allowed);
  if (judgement === 'allowed') return;
  const rule = judgement === 'dangerous' ? 'hydra.target-dangerous' : 'hydra.target';
  scan.report(rule, { what: `${key} is ${shown(target)}`, member });
};

/** Hydra takes a dotted path; anything else here is put together when it is used. */
const target: KeyCheck = (scan, { key, value }, { member }) => {
  if (typeof value === 'string') report(scan, { key, target: value, member });
  else if (value !== null) scan.report('hydra.target', { what: `${key} is ${shown(value)}`, member });
};

const PATH = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/;

/** NeMo's class of the whole model, and the older form with `params` beside it; many other documents have a target. */
const plainTarget: KeyCheck = (scan, entry, document) => {
  const { value, owner } = entry;
  if (typeof value !== 'string' || !PATH.test(value)) return;
  if (isFields(owner.params) || 'nemo_version' in owner || value.startsWith('nemo.')) target(scan, entry, document);
};

export const HYDRA_KEYS: Readonly<Record<string, KeyCheck>> = { _target_: target, target: plainTarget };
