import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ListExecutionsCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { marshall } from '@aws-sdk/util-dynamodb';
import { csvRows, type Row } from '../../core/data-set/rows.ts';
import { Manifest } from '../../core/intake/manifest.ts';
import { objectivesPath, StreamMark } from '../../core/monitor/contract.ts';
import { monitorKeys } from '../../core/monitor/table.ts';
import { Deployment, deploymentAddress, deploymentsPath } from '../../core/rollout/contract.ts';
import { Objective } from '../../core/slo/contract.ts';
import { baselineKey } from '../../core/telemetry/baseline-source.ts';
import { Stream } from '../../core/telemetry/contract.ts';
import { type Plane, shippedModel, submit } from './flight.ts';
import { jsonLines } from './inference.ts';
import { randomness } from './observed.ts';

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** A registered model, declared as deployed, and the rows that it was made for. Nothing serves it: tests play its traffic. */
export type Watched = {
  readonly stream: Stream;
  readonly rows: readonly Row[];
  /** Where intake keeps the counts of the baseline. */
  readonly baseline: string;
};

const numbersIn = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).map(([name, text]) => [name, Number(text)]));

/** Registers a model under a name of its own and declares a deployment of it. */
export const watch = async (plane: Plane): Promise<Watched> => {
  const shipped = shippedModel('wine-logreg', '1.0.0');
  const { answer } = await submit(plane, shipped, shipped.files);
  if (answer.outcome !== 'registered') throw new Error(JSON.stringify(answer.reasons));
  const { model, version, manifest, files } = shipped;
  const stream = Stream.parse({ model, version, deployment: `${model}-production` });
  const path = deploymentsPath('dev');
  const document = Deployment.parse({
    name: stream.deployment,
    model,
    environment: 'production',
    target: { kind: 'lambda-alias', functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:none', alias: 'live' },
    roles: { look: 'arn:aws:iam::000000000000:role/none', shift: 'arn:aws:iam::000000000000:role/none' },
    objectives: {},
  });
  const Name = deploymentAddress(path, stream.deployment);
  await plane.ssm.send(new PutParameterCommand({ Name, Type: 'String', Value: JSON.stringify(document) }));
  const bytes = files[manifest.baseline.path] ?? new Uint8Array();
  const rows: Row[] = [];
  for await (const row of csvRows(only(bytes))) rows.push(row);
  const features = new Set<string>(manifest.features.map(({ name }: { name: string }) => name));
  const asked = rows.map((row) =>
    numbersIn(Object.fromEntries(Object.entries(row).filter(([name]) => features.has(name)))),
  );
  return { stream, rows: asked, baseline: baselineKey(Manifest.parse(manifest)) ?? '' };
};

export const putCounts = (plane: Plane, Key: string, Body: string) =>
  plane.s3.send(new PutObjectCommand({ Bucket: plane.outputs.TelemetryBucketName, Key, Body }));

export type Played = {
  readonly at: Date;
  readonly count: number;
  readonly seed?: number;
  /** Added to one feature. */
  readonly shift?: Readonly<Record<string, number>>;
  /** What share of the answers are errors. */
  readonly failing?: number;
};

/** Writes one capture file of inference events, whose inputs are drawn from the baseline. */
export const play = async (plane: Plane, { stream, rows }: Watched, { at, count, seed = 1, ...what }: Played) => {
  const { shift = {}, failing = 0 } = what;
  const { uniform } = randomness(seed);
  const events = Array.from({ length: count }, (_, index) => {
    const row = rows[Math.floor(uniform() * rows.length)] ?? {};
    const features = Object.entries(row).map(([name, value]) => [name, Number(value) + (shift[name] ?? 0)]);
    return {
      schema_version: 1,
      request_id: `${at.getTime()}-${index}`,
      ...stream,
      timestamp: at.toISOString(),
      latency: 5 + 10 * uniform(),
      status: index < count * failing ? 'error' : 'ok',
      features: Object.fromEntries(features),
    };
  });
  const Key = `captures/model=${stream.model}/${at.getTime()}-${seed}.jsonl`;
  await plane.s3.send(
    new PutObjectCommand({ Bucket: plane.outputs.CaptureBucketName, Key, Body: jsonLines(...events) }),
  );
};

/** Promises of a model that few of its answers fail. */
export const promise = async (plane: Plane, { stream: { model } }: Pick<Watched, 'stream'>): Promise<void> => {
  const name = `${model}-answers`;
  const objective = Objective.parse({ name, model, indicator: 'availability', target: 0.99, windowDays: 30 });
  const Name = `${objectivesPath('dev')}/${name}`;
  await plane.ssm.send(new PutParameterCommand({ Name, Type: 'String', Value: JSON.stringify([objective]) }));
};

/** The stream as if it had last been checked at a moment: the plane was down since. */
export const lastChecked = async (plane: Plane, { stream }: Watched, at: Date): Promise<void> => {
  const mark = StreamMark.parse({
    stream,
    environment: 'production',
    checkedAt: at.toISOString(),
    to: at.toISOString(),
    report: null,
    wrong: [],
    drifted: [],
    accepted: [],
    objectives: [],
    worst: 0,
  });
  const item = { ...monitorKeys.mark(stream), checkedAt: mark.checkedAt, mark: JSON.stringify(mark) };
  await plane.ddb.send(new PutItemCommand({ TableName: plane.outputs.MonitorTableName, Item: marshall(item) }));
};

/** Every version of every report about a stream, by key. */
export const reportsOf = async (plane: Plane, { stream }: Watched): Promise<Record<string, number>> => {
  const { model, version, deployment } = stream;
  const { Versions = [] } = await plane.s3.send(
    new ListObjectVersionsCommand({
      Bucket: plane.outputs.EvidenceBucketName,
      Prefix: `monitor/${model}/${version}/${deployment}/`,
    }),
  );
  const counts: Record<string, number> = {};
  for (const { Key = '' } of Versions) {
    const end = Key.split('/').at(-1) ?? '';
    counts[end] = (counts[end] ?? 0) + 1;
  }
  return counts;
};

/** Starts a check as the schedule does, and waits for its end. */
export const checkAt = async (plane: Plane, scheduledAt: string): Promise<string> => {
  const { executionArn } = await plane.sfn.send(
    new StartExecutionCommand({
      stateMachineArn: plane.outputs.MonitorWorkflowArn,
      input: JSON.stringify({ scheduledAt, settleSeconds: 0 }),
    }),
  );
  return executionArn ?? '';
};

export const statusOf = async (plane: Plane, executionArn: string): Promise<string | undefined> => {
  const { executions = [] } = await plane.sfn.send(
    new ListExecutionsCommand({ stateMachineArn: plane.outputs.MonitorWorkflowArn, maxResults: 50 }),
  );
  const status = executions.find((execution) => execution.executionArn === executionArn)?.status;
  return status === 'RUNNING' ? undefined : status;
};
