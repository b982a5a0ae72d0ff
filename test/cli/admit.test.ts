import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { admit } from '../../cli/admit.ts';
import { EXIT } from '../../cli/outcome.ts';
import { admissionApi } from '../../core/admission/api.ts';
import { toldPlane } from '../support/told-plane.ts';
import { folderOf } from './folder.ts';

const ASKED = { model: 'fraud', version: '1.4.0', environment: 'production' };
const EXPIRES = '2026-11-23T10:10:00.000Z';

const yes = {
  answer: { outcome: 'allow', verdict: { key: 'k', digest: 'd' }, expiresAt: EXPIRES, step: null, reasons: [] },
  bundle: '{"signed":"yes"}',
};
const held = { rule: 'admission.held', message: 'hold 1: age shifted', fix: 'Lift the hold when its reason is gone.' };
const no = { answer: { ...yes.answer, outcome: 'deny', reasons: [held] }, bundle: '{"signed":"no"}' };

test('a yes ends with 0, and says for how long', async () => {
  const { plane, calls } = toldPlane(yes);

  const { exitCode, text, document } = await admit(ASKED, plane);

  expect(exitCode).toBe(EXIT.yes);
  expect(text).toBe(`✓ fraud 1.4.0 may run in production, until ${EXPIRES}`);
  expect(document).toMatchObject({ outcome: 'allow', bundle: yes.bundle });
  expect(calls).toEqual([{ route: admissionApi.admit, names: {}, body: ASKED }]);
});

test('a no ends with 1, with every reason and what helps', async () => {
  const { plane } = toldPlane(no);

  const { exitCode, text } = await admit({ ...ASKED, deployment: 'fraud-eu' }, plane);

  expect(exitCode).toBe(EXIT.no);
  expect(text).toContain('✗ fraud 1.4.0 may not run in production, behind fraud-eu, for 1 reason:');
  expect(text).toContain('hold 1: age shifted');
  expect(text).toContain('Lift the hold');
});

test.each([
  ['a yes', yes],
  ['a no', no],
])('the signed verdict is written where it was asked for, %s', async (_, response) => {
  using folder = folderOf({});
  const bundle = join(folder.dir, 'verdict.json');
  const { plane } = toldPlane(response);

  const { document } = await admit({ ...ASKED, bundle }, plane);

  expect(readFileSync(bundle, 'utf8')).toBe(response.bundle);
  expect(document.file).toBe(bundle);
});

test('what is not registered leaves no verdict, and says so', async () => {
  using folder = folderOf({});
  const bundle = join(folder.dir, 'verdict.json');
  const { plane } = toldPlane({ answer: { ...no.answer, verdict: null }, bundle: null });

  const { exitCode, text } = await admit({ ...ASKED, bundle }, plane);

  expect(exitCode).toBe(EXIT.no);
  expect(existsSync(bundle)).toBe(false);
  expect(text).toContain('there is no signed verdict');
});

test('a deployment that is not there is a wrong call', async () => {
  const { plane } = toldPlane(undefined);

  await expect(admit({ ...ASKED, deployment: 'fraud-mars' }, plane)).rejects.toMatchObject({
    exitCode: EXIT.usage,
    reason: { path: '--deployment', found: '"fraud-mars"' },
  });
});

test('a file that cannot be written leaves the question open, and does not pass for a yes', async () => {
  const { plane } = toldPlane(yes);

  await expect(admit({ ...ASKED, bundle: '/no/such/folder/verdict.json' }, plane)).rejects.toMatchObject({
    exitCode: EXIT.unknown,
  });
});
