import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson, type Json } from '../core/kernel/canonical-json.ts';
import { digestOf } from '../core/kernel/digest.ts';
import { root } from '../local/paths.ts';
import type { Benchmark, Cell } from './report.ts';
import { median, secondsEach, times } from './sample.ts';

const ROUNDS = 9;

const manifest = (): Json =>
  JSON.parse(readFileSync(join(root, 'models', 'digits-mlp', '1.0.0', 'manifest.json'), 'utf8'));

/** Of the shape and size that an upload of 5,000 files leaves as evidence. */
const digestReport = (): Json => ({
  root: digestOf('root'),
  files: times(5000).map((index) => ({
    path: `shards/part-${index}.safetensors`,
    digest: digestOf(String(index)),
    source: 'stored',
    bytesRead: 0,
  })),
  bytesRead: 0,
  mismatches: [],
});

const measured = async (name: string, document: Json): Promise<Cell[]> => {
  const length = canonicalJson(document).length;
  const ours: number[] = [];
  const plain: number[] = [];
  for (const _ of times(ROUNDS)) {
    ours.push(await secondsEach(() => canonicalJson(document)));
    plain.push(await secondsEach(() => JSON.stringify(document)));
  }
  const ratios = ours.map((seconds, round) => seconds / (plain[round] ?? Number.NaN));
  return [name, length / 1000, median(ours) * 1e6, median(plain) * 1e6, median(ratios)];
};

export const canonical: Benchmark = async () => ({
  tables: [
    {
      title: `Canonical JSON (RFC 8785) against JSON.stringify, medians of ${ROUNDS} rounds`,
      columns: ['document', 'KB', 'canonical µs', 'stringify µs', 'times slower'],
      rows: [await measured('a manifest', manifest()), await measured('digests of 5,000 files', digestReport())],
    },
  ],
  notes: ['We lose: sorting members and refusing what has no canonical form is done in JavaScript, stringify in C++.'],
});
