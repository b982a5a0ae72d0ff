import { describe, expect, test } from 'vitest';
import { intake } from '../../core/intake/contract.ts';
import { publishVersion } from '../../core/intake/publish-version.ts';
import { KeySetUnreadable } from '../../core/kernel/failures.ts';
import { AttestationKind, signing, type Trust } from '../../core/signing/contract.ts';
import { attempt, attested } from '../support/attested.ts';
import { active, keySetOf, NOW, retired, revoked } from '../support/key-sets.ts';
import { p256Signer } from '../support/p256-signer.ts';
import { edited } from '../support/verification.ts';

type Attested = Awaited<ReturnType<typeof attested>>;
const setKey = active(p256Signer(), { use: 'key-set' });
const PLACE = intake.keys.bundle(attempt);
const before = p256Signer();
const signed = await attested({}, before);

/** The model bucket, in which each object is put once. */
const shelf = () => {
  const objects = new Map<string, string>();
  const marked: string[] = [];
  return {
    objects,
    marked,
    bundles: {
      publishOnce: async (_bucket: string, key: string, body: string) => {
        const standing = objects.get(key) ?? body;
        objects.set(key, standing);
        return { key, versionId: '1', body: standing };
      },
    },
    marks: {
      set: async (_bucket: string, { key }: { key: string }) => void marked.push(key),
      get: async () => undefined,
    },
  };
};

const unasked = async (): Promise<Trust> => {
  throw new Error('was asked which keys count');
};
const publish = ({ evidence, inventory, signed }: Attested, to: ReturnType<typeof shelf>, trust = unasked) =>
  publishVersion({ evidence, trust, bundles: to.bundles, marks: to.marks as never })({
    attempt,
    inventory,
    bundle: signed.bundle,
    attestations: signed.attestations,
  });

describe('a version', () => {
  test('gets its signature and its attestations beside it, and becomes readable, without a look at any key', async () => {
    const to = shelf();
    const version = await attested();

    const published = await publish(version, to);

    expect(published).toEqual({ bundle: { key: PLACE, versionId: '1' } });
    expect(to.objects.get(PLACE)).toBe(version.textOf(version.signed.bundle));
    for (const kind of AttestationKind.options) {
      const ref = version.signed.attestations[kind];
      if (ref === null) throw new Error(`there is no ${kind} attestation`);
      const place = signing.keys.publishedAttestation(attempt, kind, ref.digest);
      expect(to.objects.get(place)).toBe(version.textOf(ref));
    }
    expect(to.marked).toHaveLength(2);
  });

  test('is published by a workflow that began before there were attestations', async () => {
    const to = shelf();
    const { evidence, inventory, signed } = await attested();

    await publishVersion({ evidence, trust: unasked, bundles: to.bundles, marks: to.marks as never })(
      intake.tasks.publishVersion.input.parse({ attempt, inventory, bundle: signed.bundle }),
    );

    expect([...to.objects.keys()]).toEqual([PLACE]);
  });

  test('is not published with an attestation that was changed since it was made', async () => {
    const version = await attested();
    version.evidence.standing.set(version.signed.attestations.scan?.key ?? '', 'other');

    await expect(publish(version, shelf())).rejects.toMatchObject({ name: 'Kernel.EvidenceAltered' });
  });
});

describe('a version that is uploaded again after its key was replaced', () => {
  const uploadedAgain = async (standing: Parameters<typeof keySetOf>[0]) => {
    const to = shelf();
    await publish(signed, to);
    to.marked.length = 0;
    const now = p256Signer();
    const again = await attested({}, now);
    const keys = keySetOf([...standing, active(now), setKey]);
    return { to, published: publish(again, to, async () => ({ keys, at: NOW })) };
  };

  test('keeps the signature of the old key, which still counts, and stays readable', async () => {
    const { to, published } = await uploadedAgain([retired(before)]);

    expect(await published).toEqual({ bundle: { key: PLACE, versionId: '1' } });
    expect(to.objects.get(PLACE)).toBe(signed.textOf(signed.signed.bundle));
    expect(to.marked).toHaveLength(2);
  });

  test('is refused when the old key was revoked, with the reason', async () => {
    const { to, published } = await uploadedAgain([revoked(before)]);

    await expect(published).rejects.toMatchObject({
      name: 'Intake.BundleForged',
      message: expect.stringContaining('somebody used it who must not'),
    });
    expect(to.marked).toEqual([]);
  });

  test('is refused when the plane knows nothing of the key that signed what stands there', async () => {
    const { published } = await uploadedAgain([]);

    await expect(published).rejects.toMatchObject({ name: 'Intake.BundleForged' });
  });

  test('waits when it cannot be told which keys count', async () => {
    const to = shelf();
    await publish(signed, to);
    const unreadable = async (): Promise<Trust> => {
      throw new KeySetUnreadable('there is none');
    };

    await expect(publish(await attested(), to, unreadable)).rejects.toMatchObject({ disposition: 'retry' });
  });
});

describe('something else that stands where the signature belongs', () => {
  const signer = p256Signer();
  const trusting = async (): Promise<Trust> => ({ publicKeyPem: signer.publicKeyPem });

  test.each([
    ['no bundle', async () => 'not a bundle'],
    [
      'a signature that is wrong',
      async () => {
        const { textOf, signed } = await attested({}, signer);
        return edited(textOf(signed.bundle), (bundle) => {
          bundle.dsseEnvelope.signatures[0].sig = bundle.dsseEnvelope.signatures[0].sig.replace(/..$/, 'AA');
        });
      },
    ],
    [
      "the plane's own statement about something else",
      async () => {
        const { textOf, signed } = await attested({}, signer);
        return textOf(signed.attestations.gates);
      },
    ],
  ])('is refused: %s', async (_what, forge) => {
    const to = shelf();
    to.objects.set(PLACE, await forge());

    const published = publish(await attested({}, signer), to, trusting);

    await expect(published).rejects.toMatchObject({ name: 'Intake.BundleForged' });
    expect(to.marked).toEqual([]);
  });
});
