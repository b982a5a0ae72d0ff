import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { omsStatement } from '../../core/signing/oms.ts';
import { Statement } from '../../core/signing/oms-schema.ts';
import { openStatement, signStatement } from '../../core/signing/statement.ts';
import { verifyBundle } from '../../core/signing/verify-bundle.ts';
import { active, idOf, keySetOf, NOW, retired, revoked } from '../support/key-sets.ts';
import { p256Signer } from '../support/p256-signer.ts';
import { signFiles } from '../support/signed-model.ts';
import { edited, FILES, reasons } from '../support/verification.ts';

const root = p256Signer();
const [first, second] = [p256Signer(), p256Signer()];
const rooted = active(root, { use: 'key-set' });
const HINT = '$.verificationMaterial.publicKey.hint';
const at = NOW;

const byFirst = await signFiles(FILES, first);
const bySecond = await signFiles(FILES, second);
const files = byFirst.resources;

describe('by a key set', () => {
  const rotated = keySetOf([retired(first), active(second), rooted]);

  test('bundles of the key in use and of the one before it are valid', () => {
    for (const { bundle } of [byFirst, bySecond])
      expect(verifyBundle({ bundle, keys: rotated, at, files })).toMatchObject({ outcome: 'valid' });
  });

  test('a bundle of a revoked key is refused with when and why it was revoked, though its signature is right', () => {
    const keys = keySetOf([revoked(first), active(second), rooted]);

    const verification = verifyBundle({ bundle: byFirst.bundle, keys, at, files });

    expect(verification).toMatchObject({
      outcome: 'invalid',
      reasons: [
        {
          rule: 'signing.key-revoked',
          found: idOf(first),
          message: 'the key was revoked on 2026-06-01T00:00:00.000Z: somebody used it who must not',
          fix: expect.stringContaining('whenever that was'),
        },
      ],
    });
  });

  test('a revoked key is refused before, at and after the time of its revocation', () => {
    const keys = keySetOf([revoked(first), active(second), rooted]);

    for (const time of ['2026-02-01', '2026-06-01', '2026-12-01'])
      expect(reasons({ bundle: byFirst.bundle, keys, at: new Date(time), files })).toEqual([
        `signing.key-revoked ${HINT}`,
      ]);
  });

  test('a bundle of a revoked key does not become valid under the name of another', () => {
    const keys = keySetOf([revoked(first), active(second), rooted]);
    const renamed = edited(byFirst.bundle, (b) => {
      b.verificationMaterial.publicKey.hint = idOf(second);
    });

    expect(reasons({ bundle: renamed, keys, at, files })).toEqual([
      'signing.wrong-signature $.dsseEnvelope.signatures[0].sig',
    ]);
  });

  test.each([undefined, ''])('a bundle with the hint %j is refused: it could be that of a revoked key', (hint) => {
    const unnamed = edited(byFirst.bundle, (b) => {
      b.verificationMaterial.publicKey.hint = hint;
    });

    expect(reasons({ bundle: unnamed, keys: rotated, at, files })).toEqual([`signing.key-unnamed ${HINT}`]);
  });

  test('a bundle of a key that is not listed is refused with the advice to get a newer set', async () => {
    const { bundle } = await signFiles(FILES);

    const verification = verifyBundle({ bundle, keys: rotated, at, files });

    expect(verification).toMatchObject({
      outcome: 'invalid',
      reasons: [{ rule: 'signing.key-unknown', fix: expect.stringContaining('clearance keys') }],
    });
  });

  test('the key for key sets signs no model', async () => {
    const { bundle } = await signFiles(FILES, root);

    expect(reasons({ bundle, keys: rotated, at, files })).toEqual([`signing.key-of-another-use ${HINT}`]);
  });

  test.each([
    ['before it was listed', { notBefore: '2026-07-02T00:00:00.000Z' }, 'signing.key-early'],
    ['after its last day', { notAfter: '2026-06-30T00:00:00.000Z' }, 'signing.key-expired'],
  ])('a key is not taken %s', (_when, standing, rule) => {
    const keys = keySetOf([retired(first, standing), active(second), rooted]);

    expect(reasons({ bundle: byFirst.bundle, keys, at, files })).toEqual([`${rule} ${HINT}`]);
  });

  test('a changed file and a revoked key are both told', () => {
    const keys = keySetOf([revoked(first), active(second), rooted]);

    expect(reasons({ bundle: byFirst.bundle, keys, at, files: files.slice(1) })).toEqual([
      `signing.key-revoked ${HINT}`,
      expect.stringContaining('signing.file-missing'),
    ]);
  });

  test('a statement is opened with the same keys as a bundle', async () => {
    const statement = omsStatement({ name: '3', resources: files });
    const keys = keySetOf([revoked(first), active(second), rooted]);
    const open = async (signer: typeof first) =>
      openStatement(await signStatement(signer, statement), { keys, at }, Statement);

    expect(await open(first)).toMatchObject({ reasons: [{ rule: 'signing.key-revoked' }] });
    expect(await open(second)).toMatchObject({ outcome: 'valid', statement: JSON.parse(statement) });
  });

  test('whatever becomes of the keys, a bundle is valid exactly while its own key is listed and not revoked', () => {
    const signers = [first, second, p256Signer()];
    const bundles = [byFirst.bundle, bySecond.bundle];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('absent', 'retired', 'revoked'), { minLength: 2, maxLength: 2 }),
        (fates) => {
          const others = signers.slice(0, 2).flatMap((signer, index) => {
            if (fates[index] === 'absent') return [];
            return [fates[index] === 'revoked' ? revoked(signer) : retired(signer)];
          });
          const keys = keySetOf([...others, active(signers[2] ?? first), rooted]);

          for (const [index, bundle] of bundles.entries())
            expect(verifyBundle({ bundle, keys, at, files }).outcome).toBe(
              fates[index] === 'retired' ? 'valid' : 'invalid',
            );
        },
      ),
    );
  });
});
