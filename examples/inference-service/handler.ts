import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { clearedModel } from './cleared-model.ts';
import { linearClassifier, type Prediction } from './onnx.ts';

/** What is asked: samples by the names of their features. */
export type Batch = { rows: Readonly<Record<string, unknown>>[] };
export type Answer = { ok: true; prediction: Prediction } | { ok: false; error: string };
export type Answers = { version: string; answers: Answer[] };

const setting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`the environment lacks ${name}`);
  return value;
};

// What this version of the function serves, in the names by which the plane finds out.
const serves = {
  model: setting('CLEARANCE_MODEL'),
  version: setting('CLEARANCE_VERSION'),
  deployment: setting('CLEARANCE_DEPLOYMENT'),
};
const folder = new URL(`models/${serves.version}/`, import.meta.url);
const model = clearedModel(folder, 'model.onnx', setting('CLEARANCE_ROOT'));
const classify = linearClassifier(model.bytes);

// A release that is broken on purpose, to see what becomes of it.
const fault = {
  errorShare: Number(process.env.FAULT_ERROR_SHARE ?? 0),
  extraMs: Number(process.env.FAULT_EXTRA_MS ?? 0),
};

const predict = (row: Batch['rows'][number]): Answer => {
  if (Math.random() < fault.errorShare) return { ok: false, error: 'broken-release' };
  const values = model.features.map((name) => row[name]);
  if (!values.every((value) => typeof value === 'number')) return { ok: false, error: 'feature-missing' };
  return { ok: true, prediction: classify(values) };
};

/** One line of a capture file; `schemas/inference-event.v1.schema.json` says what may be in it. */
const eventOf = (features: Batch['rows'][number], answer: Answer, latency: number): string => {
  const outcome = answer.ok
    ? { status: 'ok', prediction: String(answer.prediction.label), score: answer.prediction.probability }
    : { status: 'error', error_code: answer.error };
  const about = { schema_version: 1, request_id: randomUUID(), ...serves, timestamp: new Date().toISOString() };
  return `${JSON.stringify({ ...about, latency, ...outcome, features })}\n`;
};

const s3 = new S3Client({});

const capture = async (lines: readonly string[]): Promise<void> => {
  const Key = `captures/model=${serves.model}/${serves.deployment}/${new Date().toISOString().slice(0, 10)}/${randomUUID()}.jsonl`;
  await s3.send(new PutObjectCommand({ Bucket: setting('CAPTURE_BUCKET'), Key, Body: lines.join('') }));
};

/** Answers a batch, and leaves one capture file with one inference event for each row. */
export const handler = async ({ rows }: Batch): Promise<Answers> => {
  if (fault.extraMs > 0) await pause(fault.extraMs);
  const answered = rows.map((row) => {
    const began = performance.now();
    const answer = predict(row);
    return { row, answer, latency: fault.extraMs + performance.now() - began };
  });
  await capture(answered.map(({ row, answer, latency }) => eventOf(row, answer, latency)));
  return { version: serves.version, answers: answered.map(({ answer }) => answer) };
};
