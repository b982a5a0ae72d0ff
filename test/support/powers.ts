import { telemetry } from '../../core/telemetry/contract.ts';
import { may, type Request } from './iam.ts';
import { findResource, printed, type Template } from './plane.ts';

/** Everything worth asking whether a role may do it, by a name that reads as a sentence. */
const requestsOf = (template: Template): Record<string, Request> => {
  const arn = (type: string, part: string, attribute = 'Arn') =>
    `<${findResource(template, type, part)[0]}.${attribute}>`;
  const models = arn('AWS::S3::Bucket', 'Models');
  const evidence = arn('AWS::S3::Bucket', 'Evidence');
  const captures = arn('AWS::S3::Bucket', 'Captures');
  const counts = arn('AWS::S3::Bucket', 'TelemetryCounts');
  const log = arn('AWS::S3::Bucket', 'AuditLog');
  const copy = arn('AWS::S3::Bucket', 'AuditCopy');
  const logKey = arn('AWS::KMS::Key', 'AuditKey');
  const once = { 's3:if-none-match': '*' };
  const table = (part: string) => arn('AWS::DynamoDB::Table', part);
  const topic = (part: string) => `<${findResource(template, 'AWS::SNS::Topic', part)[0]}>`;
  const dataKey = arn('AWS::KMS::Key', 'DataKey');
  const bus = arn('AWS::Events::EventBus', 'Bus');
  const signingKey = arn('AWS::KMS::Key', 'Signing');
  const setKey = arn('AWS::KMS::Key', 'KeySet');
  const workflow = `<${findResource(template, 'AWS::StepFunctions::StateMachine', 'Intake')[0]}>`;
  const version = `${models}/models/iris/1.0.0`;
  const attempt = `${evidence}/intake/iris/1.0.0/attempt/0`;
  const cleared = { 's3:ExistingObjectTag/clearance': 'registered' };
  const quarantined = { 's3:ExistingObjectTag/clearance': 'quarantined' };
  const parameter = findResource(template, 'AWS::SSM::Parameter', 'Address')[0];
  const roles = 'arn:<AWS::Partition>:iam::999988887777:role';
  const parameterArn = (name: string) => `arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter${name}`;
  const through = (service: string) => ({ 'kms:ViaService': `${service}.<AWS::Region>.<AWS::URLSuffix>` });
  return {
    'list uploads': { action: 's3:ListBucketVersions', resource: models, context: { 's3:prefix': 'models/iris/' } },
    'read an uncleared manifest': { action: 's3:GetObjectVersion', resource: `${version}/manifest.json` },
    'read uncleared bytes': { action: 's3:GetObjectVersion', resource: `${version}/model.onnx` },
    'read quarantined bytes': {
      action: 's3:GetObjectVersion',
      resource: `${version}/model.onnx`,
      context: quarantined,
    },
    'read the latest uncleared bytes': { action: 's3:GetObject', resource: `${version}/model.onnx` },
    'read registered bytes': { action: 's3:GetObjectVersion', resource: `${version}/model.onnx`, context: cleared },
    'upload a file': { action: 's3:PutObject', resource: `${version}/model.onnx` },
    'list open uploads': { action: 's3:ListBucketMultipartUploads', resource: models },
    'look into an open upload': { action: 's3:ListMultipartUploadParts', resource: `${version}/model.onnx` },
    'give up an upload': { action: 's3:AbortMultipartUpload', resource: `${version}/model.onnx` },
    'upload a marked file': {
      action: 's3:PutObject',
      resource: `${version}/model.onnx`,
      context: { 's3:RequestObjectTag/clearance': 'registered' },
    },
    'put a signature': { action: 's3:PutObject', resource: `${version}/model.sig` },
    'read a signature': { action: 's3:GetObject', resource: `${version}/model.sig`, context: cleared },
    'publish an attestation': { action: 's3:PutObject', resource: `${models}/attestations/iris/1.0.0/scan-0.json` },
    'read an attestation': { action: 's3:GetObject', resource: `${models}/attestations/iris/1.0.0/scan-0.json` },
    'read a mark': { action: 's3:GetObjectVersionTagging', resource: `${version}/model.onnx` },
    'mark a version': { action: 's3:PutObjectVersionTagging', resource: `${version}/model.onnx` },
    'mark the latest': { action: 's3:PutObjectTagging', resource: `${version}/model.onnx` },
    'unmark a version': { action: 's3:DeleteObjectVersionTagging', resource: `${version}/model.onnx` },
    'delete an upload': { action: 's3:DeleteObject', resource: `${version}/model.onnx` },
    'delete a version': { action: 's3:DeleteObjectVersion', resource: `${version}/model.onnx` },
    'put an answer': { action: 's3:PutObject', resource: `${models}/answers/iris/1.0.0/attempt.json` },
    'read an answer': { action: 's3:GetObject', resource: `${models}/answers/iris/1.0.0/attempt.json` },
    'change the bucket policy': { action: 's3:PutBucketPolicy', resource: models },
    'read evidence': { action: 's3:GetObject', resource: `${attempt}/scan.json` },
    'keep a manifest': { action: 's3:PutObject', resource: `${attempt}/manifest.json` },
    'keep an inventory': { action: 's3:PutObject', resource: `${attempt}/inventory.json` },
    'keep a refusal': { action: 's3:PutObject', resource: `${attempt}/refusal.json` },
    'keep digests': { action: 's3:PutObject', resource: `${attempt}/digests.json` },
    'keep a scan': { action: 's3:PutObject', resource: `${attempt}/scan.json` },
    'keep gate findings': { action: 's3:PutObject', resource: `${attempt}/gates.json` },
    'keep a decision': { action: 's3:PutObject', resource: `${attempt}/decision.json` },
    'keep a registry refusal': { action: 's3:PutObject', resource: `${attempt}/registry-refusal.json` },
    'keep a bundle': { action: 's3:PutObject', resource: `${evidence}/signing/iris/1.0.0/root-key.json` },
    'keep a verdict': { action: 's3:PutObject', resource: `${evidence}/admission/iris/1.0.0/production/id.json` },
    'keep what was found altered': {
      action: 's3:PutObject',
      resource: `${evidence}/verification/iris/1.0.0/time.json`,
    },
    'keep a check': { action: 's3:PutObject', resource: `${evidence}/monitor/iris/1.0.0/iris-prod/time.json` },
    'delete evidence': { action: 's3:DeleteObjectVersion', resource: `${attempt}/scan.json` },
    'read attempts': { action: 'dynamodb:GetItem', resource: table('Attempts') },
    'list open attempts': { action: 'dynamodb:Query', resource: `${table('Attempts')}/index/open` },
    'change attempts': { action: 'dynamodb:PutItem', resource: table('Attempts') },
    'delete attempts': { action: 'dynamodb:DeleteItem', resource: table('Attempts') },
    'read the registry': { action: 'dynamodb:GetItem', resource: table('Registry') },
    'follow lineage downstream': { action: 'dynamodb:Query', resource: `${table('Registry')}/index/inverse` },
    'change the registry': { action: 'dynamodb:PutItem', resource: table('Registry') },
    'delete from the registry': { action: 'dynamodb:DeleteItem', resource: table('Registry') },
    'read holds': { action: 'dynamodb:Query', resource: table('Holds') },
    'prove the holds unchanged': { action: 'dynamodb:ConditionCheckItem', resource: table('Holds') },
    'change holds': {
      action: 'dynamodb:UpdateItem',
      resource: table('Holds'),
      context: { 'dynamodb:LeadingKeys': 'HOLD#1' },
    },
    'put a hold': {
      action: 'dynamodb:PutItem',
      resource: table('Holds'),
      context: { 'dynamodb:LeadingKeys': 'HOLD#1' },
    },
    'take a hold from the list': { action: 'dynamodb:DeleteItem', resource: table('Holds') },
    'read checks': { action: 'dynamodb:GetItem', resource: table('Monitor') },
    'change checks': { action: 'dynamodb:PutItem', resource: table('Monitor') },
    'read verifications': { action: 'dynamodb:Query', resource: table('VerificationTable') },
    'change verifications': { action: 'dynamodb:PutItem', resource: table('VerificationTable') },
    'verify a version': {
      action: 'lambda:InvokeFunction',
      resource: arn('AWS::Lambda::Function', 'VerifyVersions'),
    },
    'have a hold placed': { action: 'lambda:InvokeFunction', resource: arn('AWS::Lambda::Function', 'PlaceHold') },
    'tell a fact of holds': {
      action: 'dynamodb:PutItem',
      resource: table('Holds'),
      context: { 'dynamodb:LeadingKeys': 'FACT#1' },
    },
    'list deployments': { action: 'ssm:GetParametersByPath', resource: parameterAt('deployments') },
    'list objectives': { action: 'ssm:GetParametersByPath', resource: parameterAt('objectives') },
    'start a check': {
      action: 'states:StartExecution',
      resource: `<${findResource(template, 'AWS::StepFunctions::StateMachine', 'Monitor')[0]}>`,
    },
    'read what was told': { action: 'dynamodb:Query', resource: table('Told') },
    'record what was told': { action: 'dynamodb:PutItem', resource: table('Told') },
    'follow changes': { action: 'dynamodb:GetRecords', resource: arn('AWS::DynamoDB::Table', 'Registry', 'StreamArn') },
    'read a capture': { action: 's3:GetObjectVersion', resource: `${captures}/captures/x.jsonl` },
    'publish a capture': { action: 's3:PutObject', resource: `${captures}/captures/x.jsonl` },
    'mark a capture': { action: 's3:PutObjectVersionTagging', resource: `${captures}/captures/x.jsonl` },
    'read a summary': { action: 's3:GetObject', resource: `${counts}/summaries/x.jsonl` },
    'keep a summary': { action: 's3:PutObject', resource: `${counts}/summaries/x.jsonl` },
    'read a window': { action: 's3:GetObject', resource: `${counts}/windows/iris/1/d/hour/x.json` },
    'keep a window': { action: 's3:PutObject', resource: `${counts}/windows/iris/1/d/hour/x.json` },
    'read a baseline': { action: 's3:GetObject', resource: `${counts}/baselines/iris/1/x.json` },
    'keep a baseline': { action: 's3:PutObject', resource: `${counts}/baselines/iris/1/x.json` },
    'read the hash key': { action: 's3:GetObject', resource: `${counts}/keys/personal-categories` },
    'make the hash key': {
      action: 's3:PutObject',
      resource: `${counts}/keys/personal-categories`,
      context: { 's3:if-none-match': '*' },
    },
    'replace the hash key': { action: 's3:PutObject', resource: `${counts}/keys/personal-categories` },
    'use the hash key': {
      action: 'kms:Decrypt',
      resource: dataKey,
      context: { 'kms:EncryptionContext:purpose': telemetry.hashPurpose },
    },
    'read telemetry': { action: 'dynamodb:GetItem', resource: table('Telemetry') },
    'list what is due': { action: 'dynamodb:Query', resource: `${table('Telemetry')}/index/open` },
    'change telemetry': { action: 'dynamodb:PutItem', resource: table('Telemetry') },
    'take arrived captures': { action: 'sqs:ReceiveMessage', resource: arn('AWS::SQS::Queue', 'ArrivedCaptures') },
    sign: { action: 'kms:Sign', resource: signingKey },
    'read the public key': { action: 'kms:GetPublicKey', resource: signingKey },
    'seal key sets': { action: 'kms:Sign', resource: setKey },
    'read the key for sets': { action: 'kms:GetPublicKey', resource: setKey },
    'publish keys': { action: 's3:PutObject', resource: `${models}/keys/key-set.json` },
    'read which keys count': { action: 's3:GetObject', resource: `${models}/keys/key-set.json` },
    'hide which keys count': { action: 's3:DeleteObject', resource: `${models}/keys/key-set.json` },
    'change rollouts': {
      action: 'dynamodb:PutItem',
      resource: table('Rollouts'),
      context: { 'dynamodb:LeadingKeys': 'ROLLOUT#1' },
    },
    'read rollouts': { action: 'dynamodb:GetItem', resource: table('Rollouts') },
    'list open rollouts': { action: 'dynamodb:Query', resource: `${table('Rollouts')}/index/open` },
    'delete from the rollouts': { action: 'dynamodb:DeleteItem', resource: table('Rollouts') },
    'read a deployment': {
      action: 'ssm:GetParameter',
      resource: parameterArn('/clearance/test/deployments/iris-live'),
    },
    'read another stage': { action: 'ssm:GetParameter', resource: parameterArn('/clearance/other/deployments/iris') },
    'change a deployment': { action: 'ssm:PutParameter', resource: parameterArn('/clearance/test/deployments/iris') },
    'look at a target': { action: 'sts:AssumeRole', resource: `${roles}/clearance/test/look/Looker` },
    'shift a target': { action: 'sts:AssumeRole', resource: `${roles}/clearance/test/shift/Shifter` },
    'shift for another stage': { action: 'sts:AssumeRole', resource: `${roles}/clearance/other/shift/Shifter` },
    'become anybody': { action: 'sts:AssumeRole', resource: `${roles}/administrator` },
    'go on with a rollout': {
      action: 'states:StartExecution',
      resource: `<${findResource(template, 'AWS::StepFunctions::StateMachine', 'Rollout')[0]}>`,
    },
    reconcile: { action: 'lambda:InvokeFunction', resource: arn('AWS::Lambda::Function', 'ReconcileRollouts') },
    'tell a fact of rollouts': {
      action: 'dynamodb:PutItem',
      resource: table('Rollouts'),
      context: { 'dynamodb:LeadingKeys': 'FACT#1' },
    },
    'read the log': { action: 's3:GetObject', resource: `${log}/tile/0/000` },
    'append to the log': { action: 's3:PutObject', resource: `${log}/tile/0/000`, context: once },
    'write over the log': { action: 's3:PutObject', resource: `${log}/tile/0/000` },
    'replace the checkpoint': { action: 's3:PutObject', resource: `${log}/checkpoint` },
    'hide a part of the log': { action: 's3:DeleteObject', resource: `${log}/tile/0/000` },
    'read the copy of the log': { action: 's3:GetObject', resource: `${copy}/tile/0/000` },
    'append to the copy of the log': { action: 's3:PutObject', resource: `${copy}/tile/0/000`, context: once },
    'write over the copy of the log': { action: 's3:PutObject', resource: `${copy}/tile/0/000` },
    'sign the log': { action: 'kms:Sign', resource: logKey },
    'read the key of the log': { action: 'kms:GetPublicKey', resource: logKey },
    'give out places in the log': { action: 'dynamodb:PutItem', resource: table('AuditTable') },
    'list facts that are not logged': { action: 'dynamodb:Query', resource: `${table('Registry')}/index/unlogged` },
    'say of a fact that it is logged': {
      action: 'dynamodb:UpdateItem',
      resource: table('Registry'),
      context: { 'dynamodb:LeadingKeys': 'FACT#1' },
    },
    'change a registered version': {
      action: 'dynamodb:UpdateItem',
      resource: table('Registry'),
      context: { 'dynamodb:LeadingKeys': 'VERSION#1' },
    },
    'disable the signing key': { action: 'kms:DisableKey', resource: signingKey },
    'use the data key by itself': { action: 'kms:Decrypt', resource: dataKey },
    'decrypt objects': { action: 'kms:Decrypt', resource: dataKey, context: through('s3') },
    'encrypt objects': { action: 'kms:GenerateDataKey', resource: dataKey, context: through('s3') },
    'decrypt items': { action: 'kms:Decrypt', resource: dataKey, context: through('dynamodb') },
    'encrypt items': { action: 'kms:Encrypt', resource: dataKey, context: through('dynamodb') },
    'start intake': { action: 'states:StartExecution', resource: workflow },
    'put a fact on the bus': {
      action: 'events:PutEvents',
      resource: bus,
      context: { 'events:source': 'clearance', 'events:detail-type': 'hold.lifted.v1' },
    },
    'give a finding to Security Hub': {
      action: 'securityhub:BatchImportFindings',
      resource: 'arn:<AWS::Partition>:securityhub:<AWS::Region>:<AWS::AccountId>:product/<AWS::AccountId>/default',
    },
    'request a rollout': {
      action: 'events:PutEvents',
      resource: bus,
      context: { 'events:source': 'clearance.request', 'events:detail-type': 'rollout.requested.v1' },
    },
    'ask for a verdict': { action: 'lambda:InvokeFunction', resource: arn('AWS::Lambda::Function', 'AdmitVersion') },
    'call a step': { action: 'lambda:InvokeFunction', resource: arn('AWS::Lambda::Function', 'SignVersion') },
    sweep: { action: 'lambda:InvokeFunction', resource: arn('AWS::Lambda::Function', 'SweepUploads') },
    'take arrived files': { action: 'sqs:ReceiveMessage', resource: arn('AWS::SQS::Queue', 'ArrivedFiles') },
    'redrive dead letters': { action: 'sqs:StartMessageMoveTask', resource: arn('AWS::SQS::Queue', 'UncheckedFiles') },
    'keep what was not published': { action: 'sqs:SendMessage', resource: arn('AWS::SQS::Queue', 'Unpublished') },
    'take facts about holds': { action: 'sqs:ReceiveMessage', resource: arn('AWS::SQS::Queue', 'Heard') },
    page: { action: 'sns:Publish', resource: topic('Pages') },
    'write a ticket': { action: 'sns:Publish', resource: topic('Tickets') },
    'encrypt messages': { action: 'kms:GenerateDataKey', resource: dataKey, context: through('sns') },
    'find the plane': {
      action: 'ssm:GetParameter',
      resource: `arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter<${parameter}>`,
    },
    'ask admission': call(template, 'POST', '/v1/admissions'),
    'ask about a model': call(template, 'GET', '/v1/models/iris'),
    'ask how a model stands': call(template, 'GET', '/v1/models/iris/drift'),
    'ask about another model': call(template, 'GET', '/v1/models/other'),
    'ask about rollouts': call(template, 'GET', '/v1/rollouts'),
    'roll back': call(template, 'POST', '/v1/rollouts/r1/rollback'),
    'ask which holds stand': call(template, 'GET', '/v1/holds'),
    'place a hold': call(template, 'POST', '/v1/holds'),
    'lift a hold': call(template, 'POST', '/v1/holds/0123456789abcdef-1/lift'),
  };
};

/** Below the path of the stage that tests synthesise. */
const parameterAt = (name: string): string =>
  `arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/clearance/test/${name}`;

const call = (template: Template, method: 'GET' | 'POST', path: string): Request => {
  const api = printed({ Ref: findResource(template, 'AWS::ApiGatewayV2::Api', 'Api')[0] });
  return {
    action: 'execute-api:Invoke',
    resource: `arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:${api}/$default/${method}${path}`,
  };
};

/** The names of all that a role may do. */
export const powersOf = (template: Template, role: string): string[] =>
  Object.entries(requestsOf(template))
    .filter(([, request]) => may(template, role, request))
    .map(([name]) => name);
