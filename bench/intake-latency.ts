import { setTimeout as pause } from 'node:timers/promises';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { Answer } from '../core/intake/contract.ts';
import { type Files, shippedModel } from '../local/demo/model-files.ts';
import { clientOptions } from '../local/emulator.ts';
import { type LocalAws, startLocalAws } from '../local/local-aws.ts';
import { type Visit, visitsOf } from './execution.ts';
import { type Clients, createFloor, FLOOR_BUCKET } from './floor.ts';
import type { Benchmark, Table } from './report.ts';
import { median, percentile, times } from './sample.ts';

const RUNS = 20;
const WARM_UP = 3;
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 5;
/** Uploaded files are looked at in batches of two seconds; what one run leaves behind must not slow the next. */
const SETTLE_MS = 3000;

/** One flight: from the moment the put of the manifest was sent. */
type Flight = { ms: number; toStartMs: number; visits: Visit[] };
type Plane = { clients: Clients; bucket: string };

const clientsOf = (aws: LocalAws): Clients => {
  const options = clientOptions(aws);
  return {
    s3: new S3Client({ ...options, forcePathStyle: true }),
    sfn: new SFNClient({ ...options, disableHostPrefix: true }),
    lambda: new LambdaClient(options),
    eventbridge: new EventBridgeClient(options),
  };
};

const put = async ({ clients, bucket }: Plane, key: string, body: Uint8Array): Promise<string> => {
  const { VersionId = '' } = await clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  return VersionId;
};

const awaitObject = async ({ clients, bucket }: Plane, key: string): Promise<string> => {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return (await Body?.transformToString()) ?? '';
    } catch (cause) {
      if (!(cause instanceof Error && cause.name === 'NoSuchKey')) throw cause;
      if (Date.now() > deadline) throw new Error(`no ${key} within ${PATIENCE_MS / 1000} s`);
      await pause(LOOK_EVERY_MS);
    }
  }
};

const flightOf = async ({ clients }: Plane, began: number, ms: number, execution: string): Promise<Flight> => {
  const visits = await visitsOf(clients.sfn, execution);
  return { ms, toStartMs: (visits[0]?.enteredAt ?? Number.NaN) - began, visits };
};

/** The shipped model under a name of its own, its files in place, so that only the manifest is missing. */
const uploadFiles = async (plane: Plane) => {
  const shipped = shippedModel('iris-forest', '1.0.0');
  const files: Files = shipped.files;
  for (const [path, bytes] of Object.entries(files))
    if (path !== 'manifest.json') await put(plane, `models/${shipped.model}/${shipped.version}/${path}`, bytes);
  return shipped;
};

const ourFlight = async (plane: Plane, shipped: Awaited<ReturnType<typeof uploadFiles>>): Promise<Flight> => {
  const { model, version, files } = shipped;
  const began = Date.now();
  const attempt = await put(plane, `models/${model}/${version}/manifest.json`, files['manifest.json'] ?? Buffer.of());
  const text = await awaitObject(plane, `answers/${model}/${version}/${attempt}.json`);
  const ms = Date.now() - began;
  const { outcome, reasons, execution } = Answer.parse(JSON.parse(text));
  if (outcome !== 'registered') throw new Error(`${model} was ${outcome}: ${JSON.stringify(reasons)}`);
  return flightOf(plane, began, ms, execution);
};

const floorFlight = async (plane: Plane, manifest: Uint8Array, name: string): Promise<Flight> => {
  const key = `models/${name}/1.0.0/manifest.json`;
  const began = Date.now();
  await put(plane, key, manifest);
  const text = await awaitObject(plane, `answers/${key}`);
  return flightOf(plane, began, Date.now() - began, JSON.parse(text).execution);
};

type Pair = { ours: Flight; floor: Flight };

/** The floor and ours in turn, so that both meet the same machine; the first pair is cold. */
const flights = async (ours: Plane, tell: (line: string) => void): Promise<Pair[]> => {
  const floor = { clients: ours.clients, bucket: FLOOR_BUCKET };
  const pair = async (): Promise<Pair> => {
    const shipped = await uploadFiles(ours);
    await pause(SETTLE_MS);
    const below = await floorFlight(floor, shipped.files['manifest.json'] ?? Buffer.of(), shipped.model);
    return { floor: below, ours: await ourFlight(ours, shipped) };
  };
  const cold = await ourFlight(ours, await uploadFiles(ours));
  const types = cold.visits.map(({ type }) => type);
  await createFloor(ours.clients, types);
  const pairs = [{ ...(await pair()), ours: cold }];
  for (const run of times(WARM_UP + RUNS)) {
    const both = await pair();
    for (const { visits } of [both.ours, both.floor])
      if (visits.map(({ type }) => type).join() !== types.join())
        throw new Error('a run went another way than the first');
    pairs.push(both);
    tell(`${run < WARM_UP ? 'warm-up' : `run ${run - WARM_UP + 1}`}: ${both.ours.ms} ms, floor ${both.floor.ms} ms`);
  }
  return pairs;
};

const latencyTable = (pairs: readonly Pair[]): Table => {
  const row = (name: string, values: readonly number[], against: readonly number[]) => [
    name,
    percentile(values, 0.5),
    percentile(values, 0.95),
    Math.min(...values),
    Math.max(...values),
    percentile(values, 0.5) / percentile(against, 0.5),
    percentile(values, 0.95) / percentile(against, 0.95),
  ];
  const ours = pairs.map((pair) => pair.ours.ms);
  const floor = pairs.map((pair) => pair.floor.ms);
  const visits = pairs[0]?.ours.visits ?? [];
  const tasks = visits.filter(({ type }) => type === 'Task').length;
  return {
    title: `From the put of manifest.json to the answer object: ${visits.length} states, ${tasks} of them Lambda functions; ${RUNS} warm runs`,
    columns: ['', 'p50 ms', 'p95 ms', 'min', 'max', 'p50 to floor', 'p95 to floor'],
    rows: [row('intake of iris-forest 1.0.0', ours, floor), row("the emulator's floor", floor, floor)],
  };
};

const splitTable = (pairs: readonly Pair[]): Table => {
  const states = pairs[0]?.ours.visits ?? [];
  const row = (name: string, type: string, timeOf: (flight: Flight) => number) => {
    const [ours, floor] = [
      median(pairs.map((pair) => timeOf(pair.ours))),
      median(pairs.map((pair) => timeOf(pair.floor))),
    ];
    return [name, type, ours, floor, ours - floor];
  };
  return {
    title: 'Where the time goes: median of each state, until the next one is entered',
    columns: ['', 'type', 'ours ms', 'floor ms', 'more ms'],
    rows: [
      row('put sent, event routed, execution started', '', ({ toStartMs }) => toStartMs),
      ...states.map(({ name, type }, index) => row(name, type, ({ visits }) => visits[index]?.ms ?? Number.NaN)),
    ],
  };
};

export const intakeLatency: Benchmark = async (tell) => {
  const aws = await startLocalAws({ stage: {}, onProgress: tell });
  try {
    const bucket = aws.outputs.ModelBucketName;
    if (bucket === undefined) throw new Error('the stack has no output ModelBucketName');
    const [cold, ...warm] = await flights({ clients: clientsOf(aws), bucket }, tell);
    const pairs = warm.slice(WARM_UP);
    return {
      tables: [latencyTable(pairs), splitTable(pairs)],
      notes: [
        'The floor: the same states in the same order, started in the same way; each task calls a Lambda function that ' +
          'logs one line and returns a constant, without SDK, and the last one does one plain HTTP put.',
        'The floor has two functions, each with one warm process; intake has eleven, and the floor is lower for it.',
        `Cold, the first run of all: ${cold?.ours.ms} ms, every function starting; the floor ${cold?.floor.ms} ms, two functions starting.`,
        `The answer is looked for every ${LOOK_EVERY_MS} ms, in both alike. It stands before the execution has ended.`,
        'An emulator on this machine, not AWS: the ratio says what our code adds, the milliseconds are its own.',
      ],
    };
  } finally {
    await aws.stop();
  }
};
