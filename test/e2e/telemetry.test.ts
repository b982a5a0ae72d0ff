import { gzipSync } from 'node:zlib';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectTaggingCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { DriftWindows } from '../../core/drift/contract.ts';
import { planWindows } from '../../core/drift/plan-windows.ts';
import { checkStream } from '../../core/monitor/check-stream.ts';
import { MonitorRules, objectivesPath } from '../../core/monitor/contract.ts';
import { type SummaryPart, telemetry } from '../../core/telemetry/contract.ts';
import { startOf, telemetryKeys } from '../../core/telemetry/table.ts';
import { windowBytes } from '../../core/telemetry/window.ts';
import { dynamodbChecks } from '../../functions/monitor/dynamodb-checks.adapter.ts';
import { judges } from '../../functions/monitor/judges.ts';
import { ssmObjectives } from '../../functions/monitor/ssm-objectives.adapter.ts';
import { telemetryTraffic } from '../../functions/monitor/telemetry-traffic.ts';
import { dynamodb } from '../../functions/platform/dynamodb.adapter.ts';
import { standingHolds } from '../../functions/platform/dynamodb-holds.adapter.ts';
import { registeredManifests } from '../../functions/platform/registered-manifests.adapter.ts';
import { s3Evidence } from '../../functions/platform/s3-evidence.adapter.ts';
import { s3 } from '../../functions/platform/s3-write-once.adapter.ts';
import { minutes } from '../../functions/platform/telemetry-minutes.adapter.ts';
import { windows } from '../../functions/platform/telemetry-windows.adapter.ts';
import { versionRecords } from '../../functions/platform/version-records.adapter.ts';
import { type Files, redeclared, withManifest } from '../../local/demo/model-files.ts';
import {
  breakAt,
  counted,
  everythingStored,
  publish,
  redeliver,
  rollUp,
  summaryAt,
  untilTaken,
} from '../support/captures.ts';
import { type Plane, shippedModel, submit } from '../support/flight.ts';
import { jsonLines } from '../support/inference.ts';
import { eventually, sharedLocalAws } from '../support/local.ts';
import { randomness } from '../support/observed.ts';
import { promise } from '../support/watched.ts';

let plane: Plane;
const { manifest, ...shipped } = shippedModel('wine-logreg', '1.0.0');
const PERSONAL = [
  { name: 'analyst', type: 'category', required: false, personal: true },
  { name: 'remark', type: 'text', required: false, personal: true },
];

beforeAll(async () => {
  plane = await sharedLocalAws('plain');
  const personal = { ...manifest, features: [...manifest.features, ...PERSONAL] };
  const { answer } = await submit(plane, shipped, withManifest(shipped.files, personal));
  expect(answer).toMatchObject({ outcome: 'registered', reasons: [] });
});

/** Two hours ago: that hour is over, so its window is merged as soon as it is counted. */
const HOUR = startOf(new Date(Date.now() - 2 * 3_600_000).toISOString(), 'hour');
const at = (seconds: number) => new Date(Date.parse(HOUR) + seconds * 1000).toISOString();

const inferences = (deployment: string, count: number, seed = 1) => {
  const { normal, uniform } = randomness(seed);
  return Array.from({ length: count }, (_, index) => ({
    schema_version: 1,
    request_id: `${deployment}-${index}`,
    model: shipped.model,
    version: shipped.version,
    deployment,
    timestamp: at(Math.floor(uniform() * 3600)),
    latency: 20 * Math.exp(normal() / 2),
    status: uniform() < 0.02 ? 'error' : 'ok',
    features: { alcohol: 13 + normal() / 2, proline: Math.round(700 + 100 * normal()) },
    prediction: Math.floor(uniform() * 3),
  }));
};
const stream = (deployment: string) => ({ model: shipped.model, version: shipped.version, deployment });
const hourOf = (deployment: string) =>
  telemetry.keys.window({ stream: stream(deployment) as never, grain: 'hour', start: HOUR });

/** The window of the hour once it tells of so many requests. */
const merged = (deployment: string, requests: number): Promise<string> =>
  eventually(
    `an hour of ${requests} requests of ${deployment}`,
    async () => {
      await rollUp(plane);
      const text = await counted(plane, hourOf(deployment));
      return text !== undefined && JSON.parse(text).tally.requests === requests ? text : undefined;
    },
    { every: 300 },
  );

const ledgerOf = (summary: string) =>
  summary
    .trim()
    .split('\n')
    .map((line): SummaryPart => JSON.parse(line))
    .at(-1)?.ledger;

const parts = <Item>(items: readonly Item[], count: number): Item[][] =>
  Array.from({ length: count }, (_, part) => items.filter((_, index) => index % count === part));

test('one file, or many in any order, delivered five times, to functions that end half way: the same bytes', async () => {
  const calm = inferences('calm', 600);
  const storm = parts(inferences('storm', 600), 6).map((events) => jsonLines(...events));
  await publish(plane, 'captures/calm.jsonl', jsonLines(...calm));

  const mend = await breakAt(plane, 'telemetry/summarise', 'REGISTRY_TABLE');
  onTestFinished(() => mend().then(() => {}));
  const early = await Promise.all(
    storm
      .slice(0, 3)
      .map((text, index) => publish(plane, `captures/storm/${index}`, index === 1 ? gzipSync(text) : text)),
  );
  await untilTaken(plane, early.length);
  const before = await Promise.all(early.map((source) => counted(plane, telemetry.keys.summary(source))));
  await mend();
  const late = await Promise.all(
    storm.slice(3).map((text, index) => publish(plane, `captures/storm/late-${index}.json.gz`, gzipSync(text))),
  );
  for (const source of [...late, ...early, ...late, ...early, ...early, ...late]) await redeliver(plane, source);
  const [one, many] = await Promise.all([merged('calm', 600), merged('storm', 600)]);
  for (const source of early) await redeliver(plane, source);
  await rollUp(plane);

  expect(before).toEqual([undefined, undefined, undefined]);
  expect(many.replaceAll('storm', 'calm')).toBe(one);
  expect(await counted(plane, hourOf('storm'))).toBe(many);
});

test('a file that comes when its hour was merged already changes that hour, and the day of it', async () => {
  await publish(plane, 'captures/early.jsonl', jsonLines(...inferences('late', 40)));
  await merged('late', 40);

  await publish(plane, 'captures/late.jsonl', jsonLines(...inferences('late', 20, 2)));
  const hour = await merged('late', 60);

  expect(JSON.parse(hour)).toMatchObject({ grain: 'hour', start: HOUR, tally: { requests: 60, withFeatures: 60 } });
});

test('what is broken or refused is counted; neither its content nor a personal value is stored anywhere', async () => {
  const [event] = inferences('secrets', 1);
  const { model: _, ...nameless } = event as object & { model: string };
  const source = await publish(
    plane,
    'captures/mixed.jsonl',
    [
      JSON.stringify({
        ...event,
        features: { alcohol: 13, analyst: 'Ada Lovelace', remark: 'call +44 20 7946 0000', alias: 'x' },
        client: '203.0.113.7',
      }),
      JSON.stringify({ ...nameless, request_id: 'nobody-knows-whose' }),
      JSON.stringify({ ...event, version: '9.9.9' }),
      JSON.stringify({ ...event, timestamp: '2020-01-01T00:00:00Z' }),
      '{"patient": "Grace Hopper"',
      'social security 078-05-1120',
    ].join('\n'),
  );

  const ledger = ledgerOf(await summaryAt(plane, source));
  await merged('secrets', 1);
  const stored = await everythingStored(plane);

  expect(ledger).toMatchObject({
    lines: 6,
    events: 1,
    broken: { 'not JSON': 2 },
    refused: { 'no-model': 1, 'unregistered-version': 1, 'timestamp-out-of-range': 1 },
    brokenSample: [
      { line: 5, error: 'not JSON' },
      { line: 6, error: 'not JSON' },
    ],
  });
  expect(stored).toContain('hmac:');
  for (const personal of ['Lovelace', '20 7946', '203.0.113.7', 'Hopper', '078-05', 'nobody-knows', 'secrets-0'])
    expect(stored).not.toContain(personal);
});

test('events in a folder of one model do not count for another', async () => {
  const source = await publish(plane, 'captures/model=other/x.jsonl', jsonLines(...inferences('forged', 3)));

  const ledger = ledgerOf(await summaryAt(plane, source));

  expect(ledger).toMatchObject({ events: 0, refused: { 'other-model': 3 } });
});

test('a damaged file is set aside with its reason, told of once, and not read again', async () => {
  const whole = gzipSync(jsonLines(...inferences('damaged', 500)));
  const source = await publish(plane, 'captures/damaged.jsonl.gz', whole.subarray(0, whole.length - 200));
  const { TelemetryTableName: TableName, CaptureBucketName: Bucket, TelemetryBucketName } = plane.outputs;
  const { pk, sk } = telemetryKeys.rejected(source);
  const rejection = await eventually('the rejection', async () => {
    const { Item } = await plane.ddb.send(new GetItemCommand({ TableName, Key: { pk: { S: pk }, sk: { S: sk } } }));
    return Item;
  });

  await redeliver(plane, source);
  await redeliver(plane, source);
  const tags = await plane.s3.send(
    new GetObjectTaggingCommand({ Bucket, Key: source.key, VersionId: source.versionId }),
  );
  const stored = await everythingStored(plane);

  expect(rejection.reason?.S).toMatch(/^the gzip stream is damaged/);
  expect(tags.TagSet).toEqual([{ Key: 'clearance', Value: 'quarantined' }]);
  expect(stored.split('telemetry.capture-rejected.v1')).toHaveLength(2);
  expect(await counted(plane, telemetry.keys.summary(source))).toBeUndefined();
  expect(TelemetryBucketName).not.toBe(Bucket);
});

test('a hundred times the traffic is a window of about the same size', async () => {
  await publish(plane, 'captures/few.jsonl', jsonLines(...inferences('few', 200)));
  await publish(plane, 'captures/flood.jsonl.gz', gzipSync(jsonLines(...inferences('flood', 20_000))));

  const [few, flood] = await Promise.all([merged('few', 200), merged('flood', 20_000)]);

  expect(flood.length).toBeLessThan(6 * few.length);
});

test.each([
  [
    'is not what its manifest says',
    (files: Files) => ({ ...files, 'baseline.csv': Buffer.from('alcohol,ash\n13.2\n') }),
    {},
    'telemetry.baseline-unreadable',
    'CSV row 2 has 1 fields, the first row has 2',
  ],
  [
    'is kept where the stage takes none from',
    (files: Files) => files,
    { path: undefined, uri: 's3://somebodys-bucket/baseline.csv' },
    'telemetry.baseline-refused',
    'baseline.uri: found s3://somebodys-bucket/baseline.csv; allowed: a file of the upload, as baseline.path',
  ],
])('a version whose baseline %s is refused with the reason', async (_, change, address, rule, message) => {
  const { manifest: declared, files, ...subject } = shippedModel('wine-logreg', '1.0.0');
  const baseline = { ...declared.baseline, ...address };
  const changed = redeclared(change(files), declared);
  const { files: declaredFiles } = JSON.parse(Buffer.from(changed['manifest.json'] ?? []).toString());
  const digest = declaredFiles.find(({ path }: { path: string }) => path === 'baseline.csv').digest;

  const { answer } = await submit(
    plane,
    subject,
    withManifest(changed, { ...declared, files: declaredFiles, baseline: { ...baseline, digest } }),
  );

  expect(answer.outcome).toBe('rejected');
  expect(answer.reasons).toMatchObject([{ rule, message }]);
});

const asAdapters = () => {
  for (const [name, value] of Object.entries(plane.env)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
};

test('a check over a day and four weeks, its baseline included, is at most 60 reads', async () => {
  asAdapters();
  const { TelemetryTableName: table = '', TelemetryBucketName: bucket = '' } = plane.outputs;
  const { RegistryTableName = '', EvidenceBucketName = '' } = plane.outputs;
  const window = JSON.parse(await merged('calm', 600));
  const plan = planWindows(new Date(), DriftWindows.parse({}));
  const spans = [...plan.current, ...plan.history.flat()];
  for (const { grain, start } of spans) {
    const asked = { grain, start, stream: stream('weeks') as never };
    const Body = windowBytes({ ...window, ...asked });
    await plane.s3.send(new PutObjectCommand({ Bucket: bucket, Key: telemetry.keys.window(asked), Body }));
  }
  const calls = [vi.spyOn((await s3()).client, 'send'), vi.spyOn((await dynamodb()).client, 'send')];

  const telemetryWindows = windows({
    table,
    bucket,
    manifests: registeredManifests(RegistryTableName, EvidenceBucketName),
  });
  const streams = await telemetryWindows.streams(shipped.model);
  const baseline = await telemetryWindows.baseline(shipped);
  const found = await telemetryWindows.read(stream('weeks') as never, spans);

  expect(streams.map(({ stream: heard }) => heard)).toContainEqual(stream('calm'));
  expect(baseline?.rows).toBeGreaterThan(100);
  expect(found).toHaveLength(52);
  const reads = calls.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  expect(reads).toBeGreaterThan(52);
  expect(reads).toBeLessThanOrEqual(60);
});

test('a whole check of a day and four weeks is at most 60 reads, and one more for whom a bad verdict is told to', async () => {
  asAdapters();
  const { TelemetryTableName = '', TelemetryBucketName = '', RegistryTableName = '' } = plane.outputs;
  const { EvidenceBucketName = '', MonitorTableName = '', HoldTableName = '' } = plane.outputs;
  const asked = stream('checked') as never;
  const window = JSON.parse(await merged('calm', 600));
  const plan = planWindows(new Date(), DriftWindows.parse({}));
  for (const { grain, start } of [...plan.current, ...plan.history.flat()]) {
    const Key = telemetry.keys.window({ grain, start, stream: asked });
    const Body = windowBytes({ ...window, grain, start, stream: asked });
    await plane.s3.send(new PutObjectCommand({ Bucket: TelemetryBucketName, Key, Body }));
  }
  await promise(plane, { stream: asked });
  const versions = versionRecords(RegistryTableName);
  const check = checkStream({
    checks: dynamodbChecks(MonitorTableName, { now: () => new Date() }),
    holds: standingHolds(HoldTableName),
    tiers: { find: async (subject) => (await versions.find(subject))?.tier },
    objectives: ssmObjectives(objectivesPath('dev')),
    traffic: telemetryTraffic({
      TELEMETRY_TABLE: TelemetryTableName,
      TELEMETRY_BUCKET: TelemetryBucketName,
      REGISTRY_TABLE: RegistryTableName,
      EVIDENCE_BUCKET: EvidenceBucketName,
    }),
    evidence: s3Evidence(EvidenceBucketName),
    judges,
    rules: MonitorRules.parse({}),
  });
  const calls = [
    vi.spyOn((await s3()).client, 'send'),
    vi.spyOn((await dynamodb()).client, 'send'),
    vi.spyOn(SSMClient.prototype, 'send'),
  ];

  const { mark } = await check({
    stream: asked,
    environment: 'production' as never,
    windows: [plan.to],
    scheduledAt: new Date().toISOString(),
  });

  expect(mark).toMatchObject({ to: plan.to, failed: [] });
  expect(mark?.objectives).toHaveLength(1);
  const names = calls.flatMap(({ mock }) => mock.calls.map(([command]) => command.constructor.name));
  const reads = names.filter((name) => !name.startsWith('Put'));
  expect(mark?.wrong).not.toEqual([]);
  expect(reads.length).toBeGreaterThan(52);
  expect(reads.length).toBeLessThanOrEqual(60 + 1);
});

test('minutes are read light from the table and whole from the summaries, and tell the same', async () => {
  asAdapters();
  const { TelemetryTableName: table = '', TelemetryBucketName: bucket = '' } = plane.outputs;
  const { RegistryTableName = '', EvidenceBucketName = '' } = plane.outputs;
  const manifests = registeredManifests(RegistryTableName, EvidenceBucketName);
  await merged('calm', 600);
  const spans = Array.from({ length: 20 }, (_, index) => ({ grain: 'minute' as const, start: at(index * 60) }));

  const light = await minutes(table)(stream('calm') as never, new Date(at(0)), new Date(at(20 * 60)));
  const whole = await windows({ table, bucket, manifests }).read(stream('calm') as never, spans);

  expect(light).toHaveLength(20);
  expect(light).toEqual(
    whole.map(({ start, tally }) => ({
      start,
      requests: tally.requests,
      errors: tally.errors,
      latency: tally.latency,
    })),
  );
});
