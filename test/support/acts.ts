import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SignCommand } from '@aws-sdk/client-kms';
import { InvokeCommand, UpdateAliasCommand } from '@aws-sdk/client-lambda';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand } from '@aws-sdk/client-sns';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { signing } from '../../core/signing/contract.ts';
import { verdict } from './callers.ts';
import type { Clients, Running } from './local.ts';
import type { Reached } from './serving.ts';

/** A version that was refused: its bytes are nobody's to read. Keys are file names, values S3 versions. */
export type Refused = {
  model: string;
  version: string;
  versions: Record<string, string>;
  capture: Capture;
  /** Nobody's to look at or to shift but the functions' of rollouts. */
  target: Reached;
};

/** A capture file: nobody's to read but the summariser's. */
type Capture = { Key: string; VersionId: string | undefined };

export const publishCapture = async ({ outputs, s3 }: Running & Clients): Promise<Capture> => {
  const Key = 'captures/probe.jsonl';
  const put = new PutObjectCommand({ Bucket: outputs.CaptureBucketName, Key, Body: 'probe' });
  return { Key, VersionId: (await s3.send(put)).VersionId };
};

type Act = (who: Clients) => Promise<unknown>;

const ATTEMPT = 'probe/1.0.0/attempt/0';
const EVIDENCE = {
  'keep a manifest': `intake/${ATTEMPT}/manifest.json`,
  'keep an inventory': `intake/${ATTEMPT}/inventory.json`,
  'keep a refusal': `intake/${ATTEMPT}/refusal.json`,
  'keep digests': `intake/${ATTEMPT}/digests.json`,
  'keep a scan': `intake/${ATTEMPT}/scan.json`,
  'keep gate findings': `intake/${ATTEMPT}/gates.json`,
  'keep a decision': `intake/${ATTEMPT}/decision.json`,
  'keep a registry refusal': `intake/${ATTEMPT}/registry-refusal.json`,
  'keep a verdict': 'admission/probe/1.0.0/production/id.json',
  'keep a check': 'monitor/probe/1.0.0/probe-prod/time.json',
  'keep a bundle': 'signing/probe/1.0.0/root-key.json',
  'keep what was found altered': 'verification/probe/1.0.0/time-digest.json',
} as const;

/** Of the outbox, by its key; the stream that publishes facts passes it over. */
const TOLD = { pk: { S: 'FACT#probe' }, sk: { S: 'PROBE' } };
const PROBED = { pk: { S: 'PROBE' }, sk: { S: 'PROBE' } };

/** What somebody could try against a running plane, by a name that reads as a sentence. `nameOf` tells a function's name by its entry. */
export const actsOn = (
  { outputs }: Running,
  refused: Refused,
  nameOf: (entry: string) => string,
): Record<string, Act> => {
  const { ModelBucketName: Bucket = '', EvidenceBucketName = '' } = outputs;
  const { IntakeTableName, RegistryTableName, HoldTableName, RolloutTableName, TelemetryTableName, MonitorTableName } =
    outputs;
  const { CaptureBucketName = '', TelemetryBucketName = '' } = outputs;
  const { VerificationTableName } = outputs;
  const { AuditLogBucketName = '', AuditCopyBucketName = '', AuditTableName } = outputs;
  const once =
    (Key: string, into: string): Act =>
    async ({ s3 }) => {
      const put = new PutObjectCommand({ Bucket: into, Key, Body: 'probe', IfNoneMatch: '*' });
      // Whoever finds that it stands was let through.
      await s3.send(put).catch((cause: Error) => {
        if (cause.name !== 'PreconditionFailed') throw cause;
      });
    };
  const call =
    (entry: string): Act =>
    ({ lambda }) =>
      lambda.send(new InvokeCommand({ FunctionName: nameOf(entry), InvocationType: 'DryRun' }));
  const file = (path: string) => ({
    Bucket,
    Key: `models/${refused.model}/${refused.version}/${path}`,
    VersionId: refused.versions[path],
  });
  const put =
    (Key: string, into = Bucket): Act =>
    ({ s3 }) =>
      s3.send(new PutObjectCommand({ Bucket: into, Key, Body: 'probe' }));
  const evidence = Object.entries(EVIDENCE).map(([name, key]) => [name, put(key, EvidenceBucketName)] as const);
  return {
    'list uploads': ({ s3 }) => s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: 'models/probe/' })),
    'read an uncleared manifest': ({ s3 }) => s3.send(new GetObjectCommand(file('manifest.json'))),
    'read uncleared bytes': ({ s3 }) => s3.send(new GetObjectCommand(file('model.joblib'))),
    'upload a file': put('models/probe/1.0.0/notes.txt'),
    'list open uploads': ({ s3 }) => s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'models/probe/' })),
    'mark a version': ({ s3 }) =>
      s3.send(
        new PutObjectTaggingCommand({
          ...file('README.md'),
          Tagging: { TagSet: [{ Key: 'clearance', Value: 'quarantined' }] },
        }),
      ),
    'publish an attestation': put('attestations/probe/1.0.0/scan-probe.json'),
    'publish keys': put('keys/key-set.0.json'),
    'read which keys count': ({ s3 }) => s3.send(new GetObjectCommand({ Bucket, Key: signing.keys.keySet.current })),
    'put a signature': put('models/probe/1.0.0/model.sig'),
    'put an answer': put('answers/probe/1.0.0/attempt.json'),
    'read evidence': ({ s3 }) =>
      s3.send(new GetObjectCommand({ Bucket: EvidenceBucketName, Key: keyOfEvidence(refused) })),
    ...Object.fromEntries(evidence),
    'delete evidence': ({ s3 }) =>
      s3.send(new DeleteObjectCommand({ Bucket: EvidenceBucketName, Key: 'intake/none.json', VersionId: 'none' })),
    sign: ({ kms }) =>
      kms.send(
        new SignCommand({
          KeyId: outputs.SigningKeyArn,
          Message: new Uint8Array(32),
          MessageType: 'DIGEST',
          SigningAlgorithm: 'ECDSA_SHA_256',
        }),
      ),
    'seal key sets': ({ kms }) =>
      kms.send(
        new SignCommand({
          KeyId: outputs.KeySetKeyArn,
          Message: new Uint8Array(32),
          MessageType: 'DIGEST',
          SigningAlgorithm: 'ECDSA_SHA_256',
        }),
      ),
    'append to the log': once('facts/probe', AuditLogBucketName),
    'write over the log': put('facts/probe', AuditLogBucketName),
    'append to the copy of the log': once('facts/probe', AuditCopyBucketName),
    'hide a part of the log': ({ s3 }) =>
      s3.send(new DeleteObjectCommand({ Bucket: AuditLogBucketName, Key: 'facts/none' })),
    'sign the log': ({ kms }) =>
      kms.send(
        new SignCommand({
          KeyId: outputs.AuditLogKeyArn,
          Message: Buffer.from('probe'),
          MessageType: 'RAW',
          SigningAlgorithm: 'ED25519_SHA_512',
        }),
      ),
    'give out places in the log': ({ ddb }) =>
      ddb.send(new PutItemCommand({ TableName: AuditTableName, Item: PROBED })),
    'read attempts': ({ ddb }) => ddb.send(new GetItemCommand({ TableName: IntakeTableName, Key: PROBED })),
    'change attempts': ({ ddb }) => ddb.send(new PutItemCommand({ TableName: IntakeTableName, Item: PROBED })),
    'read the registry': ({ ddb }) => ddb.send(new GetItemCommand({ TableName: RegistryTableName, Key: PROBED })),
    'change the registry': ({ ddb }) => ddb.send(new PutItemCommand({ TableName: RegistryTableName, Item: PROBED })),
    'read holds': ({ ddb }) => ddb.send(new GetItemCommand({ TableName: HoldTableName, Key: PROBED })),
    'put a hold': ({ ddb }) => ddb.send(new PutItemCommand({ TableName: HoldTableName, Item: PROBED })),
    'tell a fact of holds': ({ ddb }) => ddb.send(new PutItemCommand({ TableName: HoldTableName, Item: TOLD })),
    'delete a hold': ({ ddb }) => ddb.send(new DeleteItemCommand({ TableName: HoldTableName, Key: PROBED })),
    'read verifications': ({ ddb }) => ddb.send(new GetItemCommand({ TableName: VerificationTableName, Key: PROBED })),
    'change verifications': ({ ddb }) =>
      ddb.send(new PutItemCommand({ TableName: VerificationTableName, Item: PROBED })),
    'read checks': ({ ddb }) => ddb.send(new GetItemCommand({ TableName: MonitorTableName, Key: PROBED })),
    'change checks': ({ ddb }) => ddb.send(new PutItemCommand({ TableName: MonitorTableName, Item: PROBED })),
    'read a capture': ({ s3 }) => s3.send(new GetObjectCommand({ Bucket: CaptureBucketName, ...refused.capture })),
    'publish a capture': put('captures/other.jsonl', CaptureBucketName),
    'keep a summary': put('summaries/probe.jsonl', TelemetryBucketName),
    'keep a window': put('windows/probe/1/d/hour/probe.json', TelemetryBucketName),
    'keep a baseline': put('baselines/probe/1/probe.json', TelemetryBucketName),
    'replace the hash key': put('keys/personal-categories', TelemetryBucketName),
    'read telemetry': ({ ddb }) => ddb.send(new GetItemCommand({ TableName: TelemetryTableName, Key: PROBED })),
    'change telemetry': ({ ddb }) => ddb.send(new PutItemCommand({ TableName: TelemetryTableName, Item: PROBED })),
    'read rollouts': ({ ddb }) => ddb.send(new GetItemCommand({ TableName: RolloutTableName, Key: PROBED })),
    'read a deployment': ({ ssm }) => ssm.send(new GetParameterCommand({ Name: refused.target.parameter })),
    'look at a target': become(refused.target, 'look'),
    'shift a target': become(refused.target, 'shift'),
    'go on with a rollout': ({ sfn }) =>
      sfn.send(
        new StartExecutionCommand({
          stateMachineArn: outputs.RolloutWorkflowArn,
          input: JSON.stringify({ rollout: 'none' }),
        }),
      ),
    'change rollouts': ({ ddb }) => ddb.send(new PutItemCommand({ TableName: RolloutTableName, Item: PROBED })),
    'tell a fact of rollouts': ({ ddb }) => ddb.send(new PutItemCommand({ TableName: RolloutTableName, Item: TOLD })),
    'start intake': ({ sfn }) =>
      sfn.send(
        new StartExecutionCommand({
          stateMachineArn: outputs.IntakeWorkflowArn,
          input: JSON.stringify({ bucket: Bucket, key: 'models/probe', versionId: 'none', trigger: null }),
        }),
      ),
    'put a fact on the bus': ({ eventbridge }) =>
      eventbridge.send(
        new PutEventsCommand({
          Entries: [{ EventBusName: outputs.EventBusName, Source: 'clearance', DetailType: 'probe.v1', Detail: '{}' }],
        }),
      ),
    'page somebody': ({ sns }) => sns.send(new PublishCommand({ TopicArn: outputs.PageTopicArn, Message: 'probe' })),
    'call a step': call('signing/sign-version'),
    'move an alias': ({ lambda }) =>
      lambda.send(new UpdateAliasCommand({ FunctionName: 'probe', Name: 'live', FunctionVersion: '1' })),
    'have a hold placed': call('hold/place-hold'),
    'ask for a verdict': call('admission/admit-version'),
    reconcile: call('rollout/reconcile-rollouts'),
  };
};

/** Under the external id by which the plane comes. */
const become =
  ({ parameter, ...roles }: Reached, power: 'look' | 'shift'): Act =>
  ({ sts }) =>
    sts.send(new AssumeRoleCommand({ RoleArn: roles[power], RoleSessionName: 'probe', ExternalId: parameter }));

const keyOfEvidence = ({ model, version, versions }: Refused) =>
  `intake/${model}/${version}/${versions['manifest.json']}/0/manifest.json`;

/** The names of the acts that the holder of a role gets done. Any other error than a refusal is one of the test. */
export const powersOf = async (who: Clients, acts: Record<string, Act>): Promise<string[]> => {
  const tried = await Promise.all(
    Object.entries(acts).map(async ([name, act]) => ({ name, outcome: await verdict(act(who)) })),
  );
  const odd = tried.filter(
    ({ outcome }) =>
      outcome !== 'allowed' && !/^(AccessDenied(Exception)?|AuthorizationError(Exception)?)$/.test(outcome),
  );
  if (odd.length > 0) throw new Error(`neither done nor refused: ${JSON.stringify(odd)}`);
  return tried.filter(({ outcome }) => outcome === 'allowed').map(({ name }) => name);
};
