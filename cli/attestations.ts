import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, digestOf } from '../core/kernel/digest.ts';
import type { Reason } from '../core/kernel/reason.ts';
import { registryApi } from '../core/registry/api.ts';
import type { RegisteredVersion } from '../core/registry/contract.ts';
import { AttestationKind, signing } from '../core/signing/contract.ts';
import type { Trust } from '../core/signing/trust.ts';
import { type AttestationStatement, verifyAttestation } from '../core/signing/verify-attestation.ts';
import { reading } from './files.ts';
import type { PlanePorts } from './key-set-source.ts';
import { couldNotTell, EXIT, type Outcome } from './outcome.ts';
import { oneLine, reasonLines } from './text.ts';
import { type KeyChoice, trusted } from './trust.ts';

export type AttestationsRequest = Pick<KeyChoice, 'key' | 'keys'> & {
  readonly model: string;
  readonly version: string;
  /** A folder to keep them in, as `scan.json`, `gates.json` and `provenance.json`. */
  readonly out?: string | undefined;
};

export type AttestationsDocument = {
  readonly outcome: 'yes' | 'no' | 'not-registered';
  readonly model: string;
  readonly version: string;
  readonly root?: string;
  /** What is stated, by kind; only what a key that counts stated about this version. */
  readonly attestations: Readonly<Record<string, { readonly statement: AttestationStatement; readonly file?: string }>>;
  readonly reasons: readonly Reason[];
};

type Fetched = { readonly kind: AttestationKind; readonly text: string; readonly digest: Digest };

const nameOf = (kind: AttestationKind): `attestation-${AttestationKind}` => `attestation-${kind}`;

const fetchAll = async (version: RegisteredVersion, { plane, bucket }: PlanePorts): Promise<readonly Fetched[]> => {
  const { modelBucket } = await plane.address();
  const { find } = await bucket(modelBucket);
  const fetched = AttestationKind.options.map(async (kind): Promise<Fetched[]> => {
    const ref = version.evidence[nameOf(kind)];
    if (ref === undefined) return [];
    const key = signing.keys.publishedAttestation(version, kind, ref.digest);
    const found = await find(key);
    if (typeof found === 'string')
      throw couldNotTell({ path: key, message: 'the attestation is not there, or may not be read', found });
    return [{ kind, text: found.text, digest: ref.digest }];
  });
  return (await Promise.all(fetched)).flat();
};

const otherBytes = ({ kind, text, digest }: Fetched): Reason[] =>
  digestOf(text) === digest
    ? []
    : [
        {
          rule: 'registry.other-bytes',
          path: nameOf(kind),
          message: 'is not the attestation that was registered',
          found: digestOf(text),
          allowed: digest,
        },
      ];

const check = (fetched: Fetched, trust: Trust, root: Digest) => {
  const verified = verifyAttestation(fetched.text, trust, root);
  const reasons = [...otherBytes(fetched), ...(verified.outcome === 'valid' ? [] : verified.reasons)];
  return { ...fetched, reasons, ...(verified.outcome === 'valid' && { statement: verified.statement }) };
};

type Checked = ReturnType<typeof check>;

const SAID: Readonly<Record<AttestationKind, (predicate: Record<string, unknown>) => string>> = {
  scan: ({ clearance_verdict, clearance_files }) => `${clearance_verdict}, ${clearance_files} files`,
  gates: ({ result, clearance_tier }) => `${result}, tier ${clearance_tier}`,
  provenance: ({ buildDefinition }) => {
    const { resolvedDependencies = [] } = buildDefinition as { resolvedDependencies?: unknown[] };
    return `${resolvedDependencies.length} inputs, as the submitter declared`;
  },
};

const lineOf = ({ kind, statement }: Checked): string =>
  `  ${kind.padEnd(10)}  ${statement === undefined ? 'not valid' : oneLine(SAID[kind](statement.predicate))}`;

const keep = async (out: string, checked: readonly Checked[]): Promise<void> => {
  await mkdir(out, { recursive: true });
  for (const { kind, text } of checked) await writeFile(join(out, `${kind}.json`), text);
};

/** What the plane attests about a registered version, each statement verified before it is told or kept. */
export const attestations = async (
  request: AttestationsRequest,
  ports: PlanePorts,
): Promise<Outcome<AttestationsDocument>> => {
  const { model, version, out } = request;
  const about = { model, version };
  const registered = (await ports.plane.ask(registryApi.status, about))?.registered;
  if (registered === undefined)
    return {
      exitCode: EXIT.no,
      document: { outcome: 'not-registered', ...about, attestations: {}, reasons: [] },
      text: `✗ ${model} ${version} is not registered`,
    };
  const { trust } = await trusted(ports, request);
  const checked = (await fetchAll(registered, ports)).map((each) => check(each, trust, registered.root));
  const reasons = checked.flatMap((each) => each.reasons);
  if (out !== undefined && reasons.length === 0) await reading(out, keep(out, checked));
  const told = checked.flatMap(({ kind, statement }) => {
    if (statement === undefined) return [];
    return [
      [kind, { statement, ...(out !== undefined && reasons.length === 0 && { file: join(out, `${kind}.json`) }) }],
    ];
  });
  const outcome = reasons.length === 0 ? 'yes' : 'no';
  const head =
    checked.length === 0
      ? `✓ ${model} ${version} was registered before versions were attested`
      : reasons.length === 0
        ? `✓ ${model} ${version}, root ${registered.root}${out === undefined ? '' : `, in ${oneLine(out)}`}`
        : `✗ what is attested about ${model} ${version} is not to be gone by:`;
  return {
    exitCode: EXIT[outcome],
    document: { outcome, ...about, root: registered.root, attestations: Object.fromEntries(told), reasons },
    text: [head, ...checked.map(lineOf), ...reasonLines(reasons)].join('\n'),
  };
};
