import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { Answer, intake, MANIFEST } from '../../core/intake/contract.ts';
import { clientOptions } from '../emulator.ts';
import type { LocalAws } from '../local-aws.ts';
import type { Files } from './model-files.ts';

export type Subject = { model: string; version: string };

const PATIENCE_MS = 60_000;
const PAUSE_MS = 40;

const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

/** What a data scientist and a curious operator do with the plane: drop files, read answers, watch executions. */
export const planeClient = (aws: Pick<LocalAws, 'endpoint' | 'env' | 'outputs'>) => {
  const s3 = new S3Client(clientOptions(aws));
  const sfn = new SFNClient({ ...clientOptions(aws), disableHostPrefix: true });
  const Bucket = aws.outputs.ModelBucketName;
  const stateMachineArn = aws.outputs.IntakeWorkflowArn;

  const text = async (key: string): Promise<string | undefined> => {
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: key }));
      return await Body?.transformToString();
    } catch (cause) {
      // To whoever may not list the bucket, what is not there is forbidden.
      if (cause instanceof Error && ['NoSuchKey', 'AccessDenied'].includes(cause.name)) return undefined;
      throw cause;
    }
  };

  /** Every file in turn, the manifest last; resolves to the S3 version of the manifest, which names the attempt. */
  const drop = async (subject: Subject, files: Files): Promise<string> => {
    let attempt = '';
    const paths = [...Object.keys(files).filter((path) => path !== MANIFEST), MANIFEST];
    for (const path of paths) {
      const Key = `${intake.keys.prefix(subject)}${path}`;
      const Body = files[path] ?? new Uint8Array();
      attempt = (await s3.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId ?? '';
    }
    return attempt;
  };

  const answer = async (subject: Subject, attempt: string): Promise<Answer> => {
    const key = `answers/${subject.model}/${subject.version}/${attempt}.json`;
    for (const began = Date.now(); Date.now() - began < PATIENCE_MS; await pause()) {
      const found = await text(key);
      if (found !== undefined) return Answer.parse(JSON.parse(found));
    }
    throw new Error(`${subject.model} ${subject.version} was not answered within ${PATIENCE_MS / 1000} s`);
  };

  /** The executions that were started for an attempt. */
  const executions = async (attempt: string): Promise<string[]> => {
    const { executions: all = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 100 }));
    const found: string[] = [];
    for (const { executionArn } of all) {
      const { input } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      if (input?.includes(attempt) && executionArn !== undefined) found.push(executionArn);
    }
    return found;
  };

  const history = async (executionArn: string): Promise<HistoryEvent[]> =>
    (await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }))).events ?? [];

  /** Announces an attempt again, as S3 may at any time; resolves to the output of the execution that it started. */
  const announceAgain = async (subject: Subject, attempt: string): Promise<unknown> => {
    const key = `${intake.keys.prefix(subject)}${MANIFEST}`;
    const input = JSON.stringify({ bucket: Bucket, key, versionId: attempt, trigger: null });
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input }));
    for (;;) {
      const { status, output } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      if (status !== 'RUNNING') return JSON.parse(output ?? 'null');
      await pause();
    }
  };

  /** Every object of the audit log, by its key. */
  const auditLog = async (): Promise<ReadonlyMap<string, Uint8Array>> => {
    const bucket = { Bucket: aws.outputs.AuditLogBucketName };
    const objects = new Map<string, Uint8Array>();
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, bucket))
      for (const { Key = '' } of Contents) {
        const { Body } = await s3.send(new GetObjectCommand({ ...bucket, Key }));
        objects.set(Key, (await Body?.transformToByteArray()) ?? new Uint8Array());
      }
    return objects;
  };

  return { text, auditLog, drop, answer, executions, history, announceAgain, pause };
};

export type PlaneClient = ReturnType<typeof planeClient>;
