import { describe, expect, test } from 'vitest';
import { MAX_MANIFEST_BYTES } from '../../core/intake/contract.ts';
import { ARTIFACT_FORMATS, Manifest } from '../../core/intake/manifest.ts';
import { readManifest } from '../../core/intake/read-manifest.ts';
import { completeManifest, type ManifestInput } from '../support/manifest.ts';

const place = { model: 'fraud', version: '1.4.0' };
const bytesOf = (text: string) => new TextEncoder().encode(text);

// biome-ignore lint/suspicious/noExplicitAny: a hostile or careless author does not keep to the type
type Draft = any;

const readChanged = (change: (draft: Draft) => void) => {
  const draft: Draft = structuredClone(completeManifest());
  change(draft);
  return readManifest(bytesOf(JSON.stringify(draft)), place);
};

const reasonsOf = (reading: ReturnType<typeof readManifest>) => (reading.outcome === 'invalid' ? reading.reasons : []);
const placesOf = (reading: ReturnType<typeof readManifest>) =>
  reasonsOf(reading).map(({ rule, path }) => `${rule} ${path}`);

const omit = (name: keyof ManifestInput) => (draft: Draft) => delete draft[name];

describe('a manifest without mistakes', () => {
  test('is read, with its defaults filled in', () => {
    const reading = readManifest(bytesOf(JSON.stringify(completeManifest())), place);

    expect(reading).toEqual({ outcome: 'valid', manifest: Manifest.parse(completeManifest()) });
    expect(reading.outcome === 'valid' && reading.manifest.features?.[0]?.required).toBe(true);
  });
});

describe('every mistake is one reason', () => {
  test('five mistakes of five kinds are answered with exactly five reasons', () => {
    const reading = readChanged((draft) => {
      draft.version = 3;
      draft.risk.consequence = 'catastrophic';
      draft.training.datasets[0].digset = draft.training.datasets[0].digest;
      delete draft.owner;
      draft.baseline.path = 'reference.jsonl';
    });

    expect(reasonsOf(reading)).toEqual([
      {
        rule: 'intake.manifest-wrong-type',
        path: '$.version',
        message: 'this is another kind of value than the field takes',
        found: '3',
        allowed: expect.stringContaining('1 to 63 letters, digits, dots'),
      },
      {
        rule: 'intake.manifest-missing-field',
        path: '$.owner',
        message: 'this field is required',
        found: 'nothing',
        allowed: 'text of 1 to 200 characters',
        fix: expect.stringContaining('the team that answers for this model'),
      },
      {
        rule: 'intake.manifest-wrong-value',
        path: '$.risk.consequence',
        message: 'this value is not allowed here',
        found: '"catastrophic"',
        allowed: 'one of negligible, moderate, severe',
      },
      {
        rule: 'intake.manifest-unknown-field',
        path: '$.training.datasets[0].digset',
        message: 'the manifest has no such field',
        found: `"sha256:${'d'.repeat(64)}"`,
        allowed: 'name, uri, digest, schema, rows, asOf, license',
        fix: 'Did you mean digest?',
      },
      {
        rule: 'intake.manifest-contradiction',
        path: '$.baseline.path',
        message: 'no such file is declared',
        found: '"reference.jsonl"',
        allowed: 'the path of an entry in files',
      },
    ]);
  });

  test('a required field under a misspelt name is one mistake, not an unknown and a missing field', () => {
    const reading = readChanged((draft) => {
      draft.Owner = draft.owner;
      delete draft.owner;
    });

    expect(reasonsOf(reading)).toMatchObject([{ path: '$.Owner', fix: 'Did you mean owner?' }]);
  });

  test.each<[string, (draft: Draft) => void, string]>([
    ['another manifest version', (d) => (d.manifestVersion = 2), 'manifest-wrong-value $.manifestVersion'],
    ['no model', omit('model'), 'manifest-missing-field $.model'],
    ['a model name in capitals', (d) => (d.model = 'Fraud'), 'manifest-wrong-value $.model'],
    ['the model of another folder', (d) => (d.model = 'churn'), 'manifest-wrong-place $.model'],
    ['the version of another folder', (d) => (d.version = '1.5.0'), 'manifest-wrong-place $.version'],
    ['no files', (d) => (d.files = []), 'manifest-wrong-value $.files'],
    ['a file twice', (d) => d.files.push(d.files[0]), 'manifest-duplicate $.files[3].path'],
    [
      'a digest without its algorithm',
      (d) => (d.files[0].digest = 'a'.repeat(64)),
      'manifest-wrong-value $.files[0].digest',
    ],
    ['a negative size', (d) => (d.files[0].size = -1), 'manifest-wrong-value $.files[0].size'],
    ['half a row', (d) => (d.training.datasets[0].rows = 1.5), 'manifest-wrong-type $.training.datasets[0].rows'],
    [
      'a time without a zone',
      (d) => (d.training.trainedAt = '2026-10-02T08:00:00'),
      'manifest-wrong-value $.training.trainedAt',
    ],
    ['a short commit', (d) => (d.training.code.commit = 'abc123'), 'manifest-wrong-value $.training.code.commit'],
    ['an array for an object', (d) => (d.risk = []), 'manifest-wrong-type $.risk'],
    ['null for a text', (d) => (d.contact = null), 'manifest-wrong-type $.contact'],
    [
      'a column without a name',
      (d) => (d.training.datasets[0].schema[''] = 'x'),
      'manifest-wrong-value $.training.datasets[0].schema[""]',
    ],
    [
      'certainty',
      (d) => (d.metrics[0].interval.confidence = 1),
      'manifest-wrong-value $.metrics[0].interval.confidence',
    ],
    [
      'an interval turned around',
      (d) => (d.metrics[0].interval.low = 0.99),
      'manifest-contradiction $.metrics[0].interval.low',
    ],
    ['a metric twice', (d) => d.metrics.push(d.metrics[0]), 'manifest-duplicate $.metrics[1].name'],
    [
      'a feature twice',
      (d) => d.features.push({ name: 'amount', type: 'text' }),
      'manifest-duplicate $.features[2].name',
    ],
    ['a range turned around', (d) => (d.features[0].minimum = 2e6), 'manifest-contradiction $.features[0].minimum'],
    [
      'categories of a number',
      (d) => (d.features[0].categories = ['a']),
      'manifest-contradiction $.features[0].categories',
    ],
    [
      'a lock file that is not declared',
      (d) => (d.training.environment.lockFile = 'uv.lock'),
      'manifest-contradiction $.training.environment.lockFile',
    ],
    [
      'two digests for the lock file',
      (d) => (d.files[1].digest = d.files[0].digest),
      'manifest-contradiction $.training.environment.lock',
    ],
    [
      'a lock file whose digest is cut',
      (d) => (d.files[1].digest = 'sha256:b'),
      'manifest-wrong-value $.files[1].digest',
    ],
    ['a file without a path', (d) => delete d.files[2].path, 'manifest-missing-field $.files[2].path'],
    [
      'two digests for the baseline',
      (d) => (d.files[2].digest = d.files[0].digest),
      'manifest-contradiction $.baseline.digest',
    ],
    ['a baseline that is nowhere', (d) => (d.baseline = { format: 'csv' }), 'manifest-contradiction $.baseline'],
    [
      'a baseline in two places',
      (d) => (d.baseline.uri = 's3://our-data/baseline.jsonl'),
      'manifest-contradiction $.baseline',
    ],
    [
      'a baseline that is elsewhere and not pinned',
      (d) => (d.baseline = { uri: 's3://our-data/baseline.csv', format: 'csv' }),
      'manifest-contradiction $.baseline.digest',
    ],
    [
      'a baseline at an address that is no object of S3',
      (d) => (d.baseline = { uri: 'https://example.org/b.csv', format: 'csv', digest: d.files[0].digest }),
      'manifest-wrong-value $.baseline.uri',
    ],
    [
      'a training sample that is nowhere',
      (d) => (d.training.sample = { format: 'csv' }),
      'manifest-contradiction $.training.sample',
    ],
    [
      'a training sample that nobody declared',
      (d) => (d.training.sample = { path: 'rows.csv', format: 'csv' }),
      'manifest-contradiction $.training.sample.path',
    ],
    [
      'a training sample that is elsewhere and not pinned',
      (d) => (d.training.sample = { uri: 's3://curated/rows.csv', format: 'csv' }),
      'manifest-contradiction $.training.sample.digest',
    ],
    [
      'a training sample whose label is its block',
      (d) => (d.training.sample = { path: d.files[0].path, format: 'csv', label: 'day', block: 'day' }),
      'manifest-contradiction $.training.sample.block',
    ],
    [
      'a training sample whose blocks would name persons',
      (d) => {
        d.features[0].personal = true;
        d.training.sample = { path: d.files[0].path, format: 'csv', block: d.features[0].name };
      },
      'manifest-contradiction $.training.sample.block',
    ],
    [
      'a data set twice',
      (d) => d.training.datasets.push(d.training.datasets[0]),
      'manifest-duplicate $.training.datasets[1].name',
    ],
    [
      'a parent twice',
      (d) => d.training.parents.push(d.training.parents[0]),
      'manifest-duplicate $.training.parents[1].model',
    ],
    [
      'a version made from itself',
      (d) => (d.training.parents[0].version = '1.4.0'),
      'manifest-contradiction $.training.parents[0]',
    ],
  ])('%s', (_, change, place) => {
    const reading = readChanged(change);

    expect(placesOf(reading)).toEqual([`intake.${place}`]);
  });

  test('a field that the schema refuses is not blamed again for contradicting another', () => {
    const reading = readChanged((draft) => {
      draft.model = 'Churn';
    });

    expect(placesOf(reading)).toEqual(['intake.manifest-wrong-value $.model']);
  });

  test('the same metric on two data sets is no duplicate', () => {
    const reading = readChanged((draft) => draft.metrics.push({ name: 'auc', value: 0.9, dataset: 'other' }));

    expect(reading.outcome).toBe('valid');
  });

  test('a feature of one value has a range', () => {
    const reading = readChanged((draft) => {
      draft.features[0].maximum = draft.features[0].minimum;
    });

    expect(reading.outcome).toBe('valid');
  });

  test('after 200 reasons a note says that there are more', () => {
    const reading = readChanged((draft) => {
      draft.files = Array.from({ length: 5000 }, () => ({}));
    });

    expect(reasonsOf(reading)).toHaveLength(201);
    expect(reasonsOf(reading).at(-1)).toMatchObject({ rule: 'intake.manifest-more-mistakes' });
  });
});

describe('a text that is not a manifest', () => {
  test.each<[string, Uint8Array, string]>([
    ['larger than 8 MiB', bytesOf(' '.repeat(MAX_MANIFEST_BYTES + 1)), 'manifest-too-large'],
    ['Latin-1', Uint8Array.of(0x7b, 0x0a, 0x22, 0xe9, 0x22), 'manifest-not-utf8'],
    ['empty', bytesOf(''), 'manifest-not-json'],
    ['a list', bytesOf('[]'), 'manifest-wrong-type'],
    ['YAML', bytesOf('model: fraud'), 'manifest-not-json'],
    ['deeper than any manifest', bytesOf('['.repeat(1_000_000)), 'manifest-too-deep'],
    ['made to fill the memory', bytesOf(`[${'0,'.repeat(200_000)}0]`), 'manifest-too-many-values'],
  ])('%s', (_, bytes, rule) => {
    const reading = readManifest(bytes, place);

    expect(reasonsOf(reading).map((reason) => reason.rule)).toEqual([`intake.${rule}`]);
  });

  test('the line of the first byte that is not UTF-8 is named', () => {
    const reading = readManifest(Uint8Array.of(0x7b, 0x0a, 0x22, 0xe9, 0x22), place);

    expect(reasonsOf(reading)[0]?.message).toContain('line 2');
  });
});

describe('a manifest that two readers could read in two ways', () => {
  const text = JSON.stringify(completeManifest());

  test('a name that stands twice is refused, though the last one would be valid', () => {
    const reading = readManifest(bytesOf(text.replace('{', '{"owner":"someone-else",')), place);

    expect(reasonsOf(reading)).toMatchObject([{ rule: 'intake.manifest-duplicate-name', path: '$.owner' }]);
  });

  test('__proto__ is refused where any name is allowed', () => {
    const reading = readManifest(bytesOf(text.replace('"layers"', '"__proto__"')), place);

    expect(reasonsOf(reading)).toMatchObject([{ rule: 'intake.manifest-reserved-name' }]);
  });

  test('half a surrogate pair is refused: it could not be kept as evidence', () => {
    const reading = readManifest(bytesOf(text.replace('["review team"]', '["review \\ud83d"]')), place);

    expect(reasonsOf(reading)).toMatchObject([{ rule: 'intake.manifest-not-unicode', path: '$.intendedUse.users[0]' }]);
  });

  test('a number that only infinity can stand for is refused by its name', () => {
    const reading = readManifest(bytesOf(text.replace('0.91', '1e999')), place);

    expect(reasonsOf(reading)).toMatchObject([{ path: '$.metrics[0].value', found: 'Infinity' }]);
  });

  test('a byte order mark is named beside the other mistakes', () => {
    const reading = readManifest(bytesOf(`\uFEFF${text.replace('"advisory"', '"maybe"')}`), place);

    expect(reasonsOf(reading).map(({ rule }) => rule)).toEqual([
      'intake.manifest-byte-order-mark',
      'intake.manifest-wrong-value',
    ]);
  });
});

describe('what a field takes is said in plain words', () => {
  test.each<[string, unknown, string]>([
    ['$.manifestVersion', 2, '1'],
    ['$.owner', 1, 'text of 1 to 200 characters'],
    ['$.format', 'h5', `one of ${ARTIFACT_FORMATS.join(', ')}`],
    ['$.files', {}, 'a list of 1 to 20000 items'],
    ['$.metrics', {}, 'a list of at most 200 items'],
    ['$.metrics[0].value', '1', 'a number'],
    ['$.metrics[0].n', 0, 'a whole number of 1 or more'],
    ['$.metrics[0].interval.confidence', 1, 'a number above 0 and below 1'],
    ['$.training.environment.seed', '7', 'a whole number'],
    ['$.training.trainedAt', 'today', 'a date and time with a time zone, such as 2026-11-23T10:00:00Z'],
    ['$.training.code.commit', 'main', 'a full Git commit, 40 or 64 hex digits'],
    ['$.training.hyperparameters', [], 'an object of names and values'],
    ['$.training.code', '', 'an object with repository, commit'],
    ['$.features[0].required', 'yes', 'true or false'],
  ])('%s, given %j: %s', (path, value, allowed) => {
    const keys = [...path.matchAll(/[a-zA-Z]+|[0-9]+/g)].map(([key]) => key);

    const reading = readChanged((draft) => {
      keys.slice(0, -1).reduce((parent, key) => parent[key], draft)[keys.at(-1) ?? ''] = value;
    });

    expect(reasonsOf(reading)).toMatchObject([{ path, allowed }]);
  });
});

test('a place that still waits to be filled in is one mistake, also where the schema takes any text', () => {
  const manifest = { ...completeManifest(), owner: '<fill in: the team>', format: '<fill in: the format>' };

  const reading = readManifest(Buffer.from(JSON.stringify(manifest)), place);

  expect(reasonsOf(reading).map(({ rule, path }) => `${rule} ${path}`)).toEqual([
    'intake.manifest-placeholder $.owner',
    'intake.manifest-placeholder $.format',
  ]);
});
