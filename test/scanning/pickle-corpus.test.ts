import { expect, test } from 'vitest';
import { gradeOf } from '../../core/scanning/pickle/allowlist.ts';
import { corpus, scanBytes, verdictOf } from './support.ts';

for (const vector of corpus()) {
  const bytes = new Uint8Array(Buffer.from(vector.b64, 'base64'));
  const expected = verdictOf(vector);

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
