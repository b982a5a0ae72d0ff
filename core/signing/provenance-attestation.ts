import type { Manifest } from '../intake/manifest.ts';
import { canonicalJson, type Json } from '../kernel/canonical-json.ts';
import { type Digest, digestOf, hexOf } from '../kernel/digest.ts';
import { resource, type Subject, statementOf } from './attestation.ts';

/** Documented in docs/signing.md: who trained is not the plane, so the plane can only pass on what it was told. */
const BUILD_TYPE = 'urn:clearance:build:declared-training:v1';
const BUILDER = 'urn:clearance:builder:declared-by-the-submitter';

const MOST_CHARACTERS = 100_000;
const DEEPEST = 12;

const depthOf = (text: string): number => {
  let [depth, deepest] = [0, 0];
  // Strings may hold brackets; they make it look deeper than it is, and that errs on the safe side.
  for (const character of text) {
    if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth);
    else if (character === '}' || character === ']') depth -= 1;
  }
  return deepest;
};

/** What somebody declared at any length and depth; by its digest where no verifier should have to read it. */
const bounded = (value: Json | undefined): Json | undefined => {
  if (value === undefined) return undefined;
  const text = canonicalJson(value);
  if (text.length <= MOST_CHARACTERS && depthOf(text) <= DEEPEST) return value;
  return { clearance_left_out: 'too long or too deep: see manifest.json', sha256: hexOf(digestOf(text)) };
};

type Training = NonNullable<Manifest['training']>;

const codeOf = (code: NonNullable<Training['code']>): Json => ({
  name: 'code',
  uri: `git+${code.repository}`,
  digest: { gitCommit: code.commit },
});

const dependenciesOf = ({ datasets = [], code, environment, parents = [] }: Training): Json[] => [
  ...datasets.map(({ name, uri, digest }) => resource({ name, uri, digest })),
  ...(code === undefined ? [] : [codeOf(code)]),
  ...(environment === undefined
    ? []
    : [resource({ name: environment.lockFile ?? 'environment lock', digest: environment.lock })]),
  ...(environment?.image === undefined ? [] : [resource({ name: 'environment image', uri: environment.image })]),
  ...parents.map(({ model, version, digest }) =>
    resource({ name: `${model}/${version}`, uri: `urn:clearance:model:${model}/${version}`, digest }),
  ),
];

type Declared = {
  readonly manifest: Manifest;
  /** Of manifest.json as it was uploaded. */
  readonly digest: Digest | undefined;
  readonly attempt: string;
};

/**
 * How the version was made, as SLSA's provenance v1, from what its manifest declares. It is the submitter's claim, and the
 * builder's id says so: the plane states that this is what it was told, not that it is so.
 */
export const provenanceStatement = (subject: Subject, { manifest, digest, attempt }: Declared): Json => {
  const { training = {}, format } = manifest;
  const { hyperparameters, environment, trainedAt } = training;
  return statementOf('provenance', subject, {
    buildDefinition: {
      buildType: BUILD_TYPE,
      externalParameters: {
        format,
        hyperparameters: bounded(hyperparameters),
        seed: environment?.seed,
      },
      resolvedDependencies: dependenciesOf(training),
    },
    runDetails: {
      builder: { id: BUILDER },
      metadata: {
        invocationId: attempt,
        ...(trainedAt === undefined ? {} : { finishedOn: new Date(trainedAt).toISOString() }),
      },
      byproducts: [resource({ name: 'manifest.json', digest })],
    },
  });
};
