import { expect, test } from 'vitest';
import { gradeOf } from '../../core/scanning/pickle/allowlist.ts';
import { corpus, scanBytes } from './support.ts';

/** The corpus names kinds of attack that are no verdicts, and one compression that is not unpacked. */
const VERDICTS: Record<string, string> = {
  benign: 'clean',
  'path-traversal': 'malicious',
  bomb: 'suspicious',
};
const NOT_UNPACKED = new Set(['j05']);

for (const vector of corpus()) {
  const bytes = new Uint8Array(Buffer.from(vector.b64, 'base64'));
  const expected = NOT_UNPACKED.has(vector.id) ? 'not-scannable' : (VERDICTS[vector.verdict] ?? vector.verdict);

  test(`${vector.id} is ${expected}: ${vector.desc}`, async () => {
    const scan = await scanBytes(bytes);

    expect(scan.verdict, JSON.stringify(scan.findings)).toBe(expected);
    expect(scan.findings.length > 0).toBe(expected !== 'clean');
  });

  if (expected === 'malicious')
    test(`${vector.id} is refused for every dangerous name that CPython imports from it`, async () => {
      const { findings } = await scanBytes(bytes);

      const refused = vector.expectGlobals.filter(([m, n]) => typeof gradeOf(m, n, new Set()) === 'object');

      for (const [module, name] of refused.filter(([m]) => !m.startsWith('<')))
        expect(findings.map(({ what }) => what)).toContainEqual(expect.stringContaining(`${module}.${name}`));
    });
}
