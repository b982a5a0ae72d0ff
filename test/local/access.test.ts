import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { CreateKeyCommand, EncryptCommand, SignCommand } from '@aws-sdk/client-kms';
import { CreateAliasCommand, GetAliasCommand, PublishVersionCommand, UpdateAliasCommand } from '@aws-sdk/client-lambda';
import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import { expect } from 'vitest';
import { actingAs, assume, verdict } from '../support/callers.ts';
import { callApi } from '../support/http-api.ts';
import { deploy, functionArn, functionOf, type Probed, probe } from '../support/probe.ts';

const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });

const allow = (Action: string | string[], Resource: unknown, Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});

const deny = (Action: string | string[], Bucket: string, Condition: object) => ({
  Effect: 'Deny',
  Principal: '*',
  Action,
  Resource: `arn:aws:s3:::${Bucket}/*`,
  Condition,
});

const roleNamed = (name: string): string => `arn:aws:iam::000000000000:role/${name}`;

const role = (RoleName: string, ...statements: object[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName,
    AssumeRolePolicyDocument: document({
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::000000000000:root', Service: 'lambda.amazonaws.com' },
      Action: 'sts:AssumeRole',
    }),
    Policies: statements.length > 0 ? [{ PolicyName: 'all', PolicyDocument: document(...statements) }] : [],
  },
});

const bucket = (BucketName: string, ...statements: object[]) => ({
  Bucket: {
    Type: 'AWS::S3::Bucket',
    Properties: { BucketName, VersioningConfiguration: { Status: 'Enabled' } },
  },
  BucketPolicy: {
    Type: 'AWS::S3::BucketPolicy',
    DependsOn: 'Bucket',
    Properties: { Bucket: BucketName, PolicyDocument: document(...statements) },
  },
});

const everythingIn = (name: string) => allow('s3:*', [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`]);

probe(
  'iam_sees_requests_as_encrypted',
  'a bucket that demands TLS can be used',
  async (aws) => {
    const insecure = { Bool: { 'aws:SecureTransport': 'false' } };
    await deploy(aws, 'tls', { ...bucket('tls', deny('s3:*', 'tls', insecure)), R: role('tls', everythingIn('tls')) });
    const { s3 } = await actingAs(aws, roleNamed('tls'));

    expect(await verdict(s3.send(new PutObjectCommand({ Bucket: 'tls', Key: 'a', Body: 'x' })))).toBe('allowed');
  },
  { iam: true },
);

probe(
  'iam_names_the_path_of_parameters',
  'whoever may read one path of parameters reads that path, and no other',
  async (aws) => {
    const path = 'arn:aws:ssm:us-east-1:000000000000:parameter/teams/one';
    await deploy(aws, 'paths', { R: role('paths', allow('ssm:GetParametersByPath', [path, `${path}/*`])) });
    const { ssm } = await actingAs(aws, roleNamed('paths'));
    const read = (Path: string) => verdict(ssm.send(new GetParametersByPathCommand({ Path })));

    expect([await read('/teams/one'), await read('/teams/two')]).toEqual(['allowed', 'AccessDeniedException']);
  },
  { iam: true },
);

probe(
  'iam_tells_the_acts_on_an_alias_apart',
  'whoever may read an alias reads it, and does not move it',
  async (aws) => {
    const alias = { FunctionName: 'aliased', Name: 'live' };
    await deploy(aws, 'aliased', {
      F: functionOf('aliased', 'async () => 1'),
      R: role('aliased', allow('lambda:GetAlias', functionArn('aliased'))),
    });
    await aws.lambda.send(new PublishVersionCommand(alias));
    await aws.lambda.send(new CreateAliasCommand({ ...alias, FunctionVersion: '1' }));
    const { lambda } = await actingAs(aws, roleNamed('aliased'));

    const read = await verdict(lambda.send(new GetAliasCommand(alias)));
    const moved = await verdict(lambda.send(new UpdateAliasCommand({ ...alias, FunctionVersion: '1' })));

    expect([read, moved]).toEqual(['allowed', 'AccessDeniedException']);
  },
  { iam: true },
);

probe(
  'iam_names_the_role_behind_a_session',
  'a bucket policy may except a role by its ARN',
  async (aws) => {
    const unlessSigner = { ArnNotLike: { 'aws:PrincipalArn': roleNamed('signer') } };
    await deploy(aws, 'except', {
      ...bucket('except', deny('s3:PutObject', 'except', unlessSigner)),
      Signer: role('signer', everythingIn('except')),
      Other: role('other', everythingIn('except')),
    });
    const put = async (name: string) => {
      const { s3 } = await actingAs(aws, roleNamed(name));
      return verdict(s3.send(new PutObjectCommand({ Bucket: 'except', Key: 'model.sig', Body: 'x' })));
    };

    expect([await put('signer'), await put('other')]).toEqual(['allowed', 'AccessDenied']);
  },
  { iam: true },
);

const CLEARED = { TagSet: [{ Key: 'clearance', Value: 'registered' }] };

const quarantined = async (aws: Probed, name: string) => {
  const uncleared = { StringNotEquals: { 's3:ExistingObjectTag/clearance': 'registered' } };
  const clearing = {
    StringEquals: { 's3:RequestObjectTag/clearance': 'registered' },
    ArnNotLike: { 'aws:PrincipalArn': roleNamed(`${name}-registrar`) },
  };
  await deploy(aws, name, {
    ...bucket(
      name,
      deny(['s3:GetObject', 's3:GetObjectVersion'], name, uncleared),
      deny(['s3:PutObjectTagging', 's3:PutObjectVersionTagging'], name, clearing),
    ),
    Reader: role(`${name}-reader`, everythingIn(name)),
    Registrar: role(`${name}-registrar`, everythingIn(name)),
  });
  const reader = (await actingAs(aws, roleNamed(`${name}-reader`))).s3;
  const registrar = (await actingAs(aws, roleNamed(`${name}-registrar`))).s3;
  return { reader, registrar };
};

probe(
  'iam_knows_what_a_request_carries',
  'only a cleared version can be read, only the registrar can clear it; sources, algorithms and keys can be demanded',
  async (aws) => {
    const { reader, registrar } = await quarantined(aws, 'quarantine');
    const at = { Bucket: 'quarantine', Key: 'model' };
    const first = await reader.send(new PutObjectCommand({ ...at, Body: 'first' }));
    const second = await reader.send(new PutObjectCommand({ ...at, Body: 'second' }));
    const { KeyMetadata } = await aws.kms.send(
      new CreateKeyCommand({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }),
    );
    await deploy(aws, 'ci', {
      R: role(
        'ci',
        allow('events:PutEvents', '*', { StringEquals: { 'events:source': 'clearance.request' } }),
        allow('kms:Sign', '*', { StringEquals: { 'kms:MessageType': 'DIGEST' } }),
        allow('kms:Encrypt', '*', { StringEquals: { 'kms:EncryptionContext:purpose': 'hashing' } }),
        allow('dynamodb:PutItem', '*', { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['FACT#*'] } }),
      ),
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          TableName: 'leading',
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'owner', AttributeType: 'S' }],
        },
      },
    });
    const ci = await actingAs(aws, roleNamed('ci'));
    const tag = (s3: typeof reader) =>
      verdict(s3.send(new PutObjectTaggingCommand({ ...at, VersionId: first.VersionId, Tagging: CLEARED })));
    const read = (VersionId?: string) => verdict(reader.send(new GetObjectCommand({ ...at, VersionId })));
    const publish = (Source: string) =>
      verdict(ci.eventbridge.send(new PutEventsCommand({ Entries: [{ Source, DetailType: 'x', Detail: '{}' }] })));
    const put = (owner: string) =>
      verdict(ci.ddb.send(new PutItemCommand({ TableName: 'leading', Item: { owner: { S: owner } } })));
    const sign = (MessageType: 'RAW' | 'DIGEST') => {
      const what = { KeyId: KeyMetadata?.KeyId, Message: Buffer.alloc(32), MessageType };
      return verdict(ci.kms.send(new SignCommand({ ...what, SigningAlgorithm: 'ECDSA_SHA_256' })));
    };

    const hashKey = (await aws.kms.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId;
    const encrypt = (purpose: string) =>
      verdict(
        ci.kms.send(
          new EncryptCommand({ KeyId: hashKey, Plaintext: Buffer.alloc(32), EncryptionContext: { purpose } }),
        ),
      );

    expect([await tag(reader), await tag(registrar)]).toEqual(['AccessDenied', 'allowed']);
    expect([await read(first.VersionId), await read(second.VersionId), await read()]).toEqual([
      'allowed',
      'AccessDenied',
      'AccessDenied',
    ]);
    expect([await publish('clearance.request'), await publish('clearance')]).toEqual([
      'allowed',
      'AccessDeniedException',
    ]);
    expect([await encrypt('hashing'), await encrypt('hiding')]).toEqual(['allowed', 'AccessDeniedException']);
    expect([await sign('DIGEST'), await sign('RAW')]).toEqual(['allowed', 'AccessDeniedException']);
    expect([await put('FACT#1'), await put('OTHER#1')]).toEqual(['allowed', 'AccessDeniedException']);
  },
  { iam: true },
);

probe(
  'iam_demands_the_right_to_tag',
  'who may not tag may not upload with tags either',
  async (aws) => {
    await deploy(aws, 'tags', {
      ...bucket('tags', deny('s3:DeleteBucket', 'tags', { Bool: { 'aws:SecureTransport': 'false' } })),
      R: role('submitter', allow('s3:PutObject', 'arn:aws:s3:::tags/*')),
    });
    const { s3 } = await actingAs(aws, roleNamed('submitter'));
    const put = (Tagging?: string) =>
      verdict(s3.send(new PutObjectCommand({ Bucket: 'tags', Key: 'a', Body: 'x', Tagging })));

    expect([await put(), await put('clearance=registered')]).toEqual(['allowed', 'AccessDenied']);
  },
  { iam: true },
);

probe(
  'iam_hides_what_is_missing_from_who_may_not_list',
  'only who may list is told that an object is not there',
  async (aws) => {
    const objects = 'arn:aws:s3:::secrets/*';
    const reading = allow('s3:GetObject*', objects);
    await deploy(aws, 'secrets', {
      ...bucket('secrets', deny('s3:DeleteBucket', 'secrets', { Bool: { 'aws:SecureTransport': 'false' } })),
      Reader: role('secrets-reader', reading),
      Lister: role('secrets-lister', reading, allow('s3:ListBucket', 'arn:aws:s3:::secrets')),
      Uploader: role('secrets-uploader', allow('s3:ListMultipartUploadParts', objects)),
    });
    const { VersionId } = await aws.s3.send(new PutObjectCommand({ Bucket: 'secrets', Key: 'there', Body: 'x' }));
    const asked = async (name: string, Key: string, version?: string) => {
      const { s3 } = await actingAs(aws, roleNamed(name));
      return verdict(s3.send(new GetObjectCommand({ Bucket: 'secrets', Key, VersionId: version })));
    };

    expect(await asked('secrets-reader', 'there')).toBe('allowed');
    expect(await asked('secrets-reader', 'there', VersionId)).toBe('allowed');
    expect(await asked('secrets-reader', 'missing')).toBe('AccessDenied');
    expect(await asked('secrets-reader', 'there', 'missing')).toBe('AccessDenied');
    expect(await asked('secrets-lister', 'missing')).toBe('NoSuchKey');
    expect(await asked('secrets-lister', 'there', 'missing')).toBe('NoSuchVersion');
    const onItsWay = { Bucket: 'secrets', Key: 'on-its-way' };
    const { UploadId } = await aws.s3.send(new CreateMultipartUploadCommand(onItsWay));
    const { s3 } = await actingAs(aws, roleNamed('secrets-uploader'));
    expect(await verdict(s3.send(new ListPartsCommand({ ...onItsWay, UploadId })))).toBe('allowed');
  },
  { iam: true },
);

const api = (name: string) => ({
  Fn: functionOf(
    name,
    'async ({ requestContext }) => ({ statusCode: 200, body: requestContext.authorizer.iam.userArn })',
    { Role: roleNamed(`${name}-fn`) },
  ),
  FnRole: role(`${name}-fn`),
  Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: name, ProtocolType: 'HTTP' } },
  Stage: {
    Type: 'AWS::ApiGatewayV2::Stage',
    Properties: { ApiId: { Ref: 'Api' }, StageName: '$default', AutoDeploy: true },
  },
  Integration: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: { Ref: 'Api' },
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: functionArn(name),
      PayloadFormatVersion: '2.0',
    },
  },
  Route: {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId: { Ref: 'Api' },
      RouteKey: 'GET /models',
      AuthorizationType: 'AWS_IAM',
      Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
    },
  },
});

probe(
  'http_apis_have_their_own_domain',
  'a signed request to the domain of an API reaches its function, which learns who asked; others are refused',
  async (aws) => {
    const { Fn, FnRole, ...rest } = api('query');
    const { Id: apiId = '', Endpoint } = await deploy(
      aws,
      'query',
      {
        FnRole,
        Fn: { ...Fn, DependsOn: 'FnRole' },
        ...rest,
        Caller: role('caller', allow('execute-api:Invoke', '*')),
        Stranger: role('stranger', allow('s3:*', '*')),
      },
      { Id: { Ref: 'Api' }, Endpoint: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } },
    );
    const ask = async (name: string) =>
      callApi(aws, { apiId, path: '/models', credentials: await assume(aws, roleNamed(name)) });
    const unknown = { accessKeyId: 'AKIAUNKNOWNUNKNOWN00', secretAccessKey: 'guessed' };

    expect(Endpoint).toBe(`https://${apiId}.execute-api.us-east-1.amazonaws.com`);
    expect(await ask('caller')).toEqual({
      status: 200,
      body: 'arn:aws:sts::000000000000:assumed-role/caller/probe',
    });
    expect((await ask('stranger')).status).toBe(403);
    expect((await callApi(aws, { apiId, path: '/models' })).status).toBe(403);
    expect((await callApi(aws, { apiId, path: '/models', credentials: unknown })).status).toBe(403);
  },
  { iam: true },
);
