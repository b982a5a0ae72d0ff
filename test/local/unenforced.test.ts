import { beforeAll, expect, test } from 'vitest';
import {
  deployedTemplate,
  grantedOn,
  grantsOf,
  idsIn,
  ofType,
  type Resource,
  statementsOf,
  type Template,
} from '../support/template.ts';

// What the local AWS accepts and does not enforce, read off the template instead; docs/local-aws.md has the list.

let template: Template = {};
beforeAll(async () => {
  template = await deployedTemplate();
});

const typeOf = (id: string): string => template[id]?.Type ?? '';
const roleOf = ({ Role, RoleArn }: Resource['Properties']): string => idsIn(Role ?? RoleArn)[0] ?? '';

/** What a role may do beyond logs and traces, which have no target to compare with. */
const targetsOf = (role: string, action: string): string[] =>
  [...new Set(grantedOn(template, role, action))].toSorted();

const purposes = (role: string): string[] =>
  [...new Set(grantsOf(template, role).flatMap(({ actions }) => actions))]
    .filter((action) => !/^(logs|xray):/.test(action))
    .toSorted();

test('a workflow may invoke the functions that its states name, and nothing else', () => {
  const machines = ofType(template, 'AWS::StepFunctions::StateMachine');

  expect(machines.length).toBeGreaterThan(0);
  for (const [, machine] of machines) {
    const text = JSON.stringify(machine.DefinitionString);
    const resources = new Set(text.match(/arn:aws:states:::[\w:.-]+/g));
    const named = idsIn(machine.DefinitionString).filter((id) => typeOf(id) === 'AWS::Lambda::Function');

    expect([...resources]).toEqual(['arn:aws:states:::lambda:invoke']);
    expect(purposes(roleOf(machine))).toEqual(['lambda:InvokeFunction']);
    expect(targetsOf(roleOf(machine), 'lambda:InvokeFunction')).toEqual([...new Set(named)].toSorted());
  }
});

type Target = { Arn: unknown; RoleArn?: unknown; DeadLetterConfig?: { Arn: unknown } };

const rules = () =>
  ofType(template, 'AWS::Events::Rule').flatMap(([rule, { Targets }]) =>
    (Targets as Target[]).map((target) => ({ rule, target, id: idsIn(target.Arn)[0] ?? '' })),
  );

test('a rule may start the workflow that it targets, and nothing else', () => {
  const starting = rules().filter(({ id }) => typeOf(id) === 'AWS::StepFunctions::StateMachine');

  expect(starting.length).toBeGreaterThan(0);
  for (const { id, target } of starting) {
    const role = idsIn(target.RoleArn)[0] ?? '';

    expect(purposes(role)).toEqual(['states:StartExecution']);
    expect(targetsOf(role, 'states:StartExecution')).toEqual([id]);
  }
});

const START = 'states:StartExecution';

test('a schedule may invoke its target, fill its dead-letter queue if it has one, and nothing else', () => {
  const schedules = ofType(template, 'AWS::Scheduler::Schedule').map(([, { Target }]) => Target as Target);

  expect(schedules.length).toBeGreaterThan(0);
  for (const target of schedules) {
    const role = idsIn(target.RoleArn)[0] ?? '';
    const start = typeOf(idsIn(target.Arn)[0] ?? '') === 'AWS::Lambda::Function' ? 'lambda:InvokeFunction' : START;
    const queue = idsIn(target.DeadLetterConfig?.Arn);

    expect(purposes(role)).toEqual([start, ...(queue.length > 0 ? ['sqs:SendMessage'] : [])].toSorted());
    expect(targetsOf(role, start)).toEqual(idsIn(target.Arn));
    expect(targetsOf(role, 'sqs:SendMessage')).toEqual(queue);
  }
  // What a lost call leaves to the next one needs none.
  expect(schedules.some((target) => (target as Target).DeadLetterConfig !== undefined)).toBe(true);
});

test('a function that a rule or the API invokes allows exactly that source', () => {
  const permissions = ofType(template, 'AWS::Lambda::Permission');
  const allowed = new Set(
    permissions.flatMap(([, { FunctionName, SourceArn }]) =>
      idsIn(FunctionName).flatMap((name) => idsIn(SourceArn).map((source) => `${source} -> ${name}`)),
    ),
  );
  const byRules = rules()
    .filter(({ id }) => typeOf(id) === 'AWS::Lambda::Function')
    .map(({ rule, id }) => `${rule} -> ${id}`);
  const byApis = ofType(template, 'AWS::ApiGatewayV2::Integration').flatMap(([, { ApiId, IntegrationUri }]) =>
    idsIn(ApiId).flatMap((api) => idsIn(IntegrationUri).map((name) => `${api} -> ${name}`)),
  );

  expect([...allowed].toSorted()).toEqual([...new Set([...byRules, ...byApis])].toSorted());
});

test('a queue that a rule fills, as target or dead-letter queue, is open to exactly that rule', () => {
  const fills = rules().flatMap(({ rule, target, id }) =>
    [id, ...idsIn(target.DeadLetterConfig?.Arn)]
      .filter((queue) => typeOf(queue) === 'AWS::SQS::Queue')
      .map((queue) => `${rule} -> ${queue}`),
  );
  const open = ofType(template, 'AWS::SQS::QueuePolicy').flatMap(([, { Queues, PolicyDocument }]) =>
    statementsOf(PolicyDocument)
      .filter(({ effect }) => effect === 'Allow')
      .flatMap(({ condition }) => idsIn(condition).map((source) => `${source} -> ${idsIn(Queues)[0]}`)),
  );

  expect(fills.length).toBeGreaterThan(0);
  expect(open.toSorted()).toEqual(fills.toSorted());
});

/** Data keys by the store that they encrypt. */
const encrypted = (): Map<string, string[]> =>
  new Map([
    ...ofType(template, 'AWS::S3::Bucket').map(([id, { BucketEncryption }]) => [id, idsIn(BucketEncryption)] as const),
    ...ofType(template, 'AWS::DynamoDB::Table').map(
      ([id, { SSESpecification }]) => [id, idsIn(SSESpecification)] as const,
    ),
  ]);

const READS = ['s3:GetObject', 's3:GetObjectVersion', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:GetRecords'];
const WRITES = ['s3:PutObject', 'dynamodb:PutItem', 'dynamodb:UpdateItem'];

test('a function that reads or writes encrypted data may use its key to do so', () => {
  const keys = encrypted();
  const lacking = ofType(template, 'AWS::Lambda::Function').flatMap(([name, properties]) => {
    const role = roleOf(properties);
    const missing = (uses: string[], needs: string): string[] =>
      uses
        .flatMap((action) => grantedOn(template, role, action))
        .flatMap((store) => keys.get(store) ?? [])
        .filter((key) => !grantedOn(template, role, needs).includes(key))
        .map((key) => `${name} lacks ${needs} on ${key}`);
    return [...missing(READS, 'kms:Decrypt'), ...missing(WRITES, 'kms:GenerateDataKey')];
  });

  expect([...keys.values()].flat().length).toBeGreaterThan(0);
  expect(lacking).toEqual([]);
});

test('every bucket and every queue refuses a request without TLS', () => {
  const policies = ['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy'].flatMap((type) => ofType(template, type));
  const closed = policies
    .filter(([, { PolicyDocument }]) =>
      statementsOf(PolicyDocument).some(
        ({ effect, condition }) =>
          effect === 'Deny' && JSON.stringify(condition) === '{"Bool":{"aws:SecureTransport":"false"}}',
      ),
    )
    .flatMap(([, { Bucket, Queues }]) => idsIn(Bucket ?? Queues));
  const stores = ['AWS::S3::Bucket', 'AWS::SQS::Queue'].flatMap((type) => ofType(template, type)).map(([id]) => id);

  expect(closed.toSorted()).toEqual(stores.toSorted());
});

test('every function runs on the Node that was tested, with memory, time and a trace', () => {
  const functions = ofType(template, 'AWS::Lambda::Function');

  expect(functions.length).toBeGreaterThan(0);
  for (const [, properties] of functions) {
    expect(properties).toMatchObject({
      Runtime: 'nodejs24.x',
      MemorySize: expect.any(Number),
      Timeout: expect.any(Number),
      TracingConfig: { Mode: 'Active' },
    });
  }
});

test('every workflow writes its log and its trace', () => {
  for (const [, machine] of ofType(template, 'AWS::StepFunctions::StateMachine')) {
    expect(machine).toMatchObject({ LoggingConfiguration: { Level: 'ALL' }, TracingConfiguration: { Enabled: true } });
  }
});

test('every dead-letter queue has an alarm on what waits in it', () => {
  const queues = ofType(template, 'AWS::SQS::Queue');
  const letters = new Set([
    ...queues.flatMap(([, { RedrivePolicy }]) => idsIn(RedrivePolicy)),
    ...rules().flatMap(({ target }) => idsIn(target.DeadLetterConfig?.Arn)),
    ...ofType(template, 'AWS::Scheduler::Schedule').flatMap(([, { Target }]) =>
      idsIn((Target as Target).DeadLetterConfig),
    ),
    ...ofType(template, 'AWS::Lambda::EventSourceMapping').flatMap(([, { DestinationConfig }]) =>
      idsIn(DestinationConfig),
    ),
  ]);
  const watched = ofType(template, 'AWS::CloudWatch::Alarm')
    .filter(([, { MetricName }]) => MetricName === 'ApproximateNumberOfMessagesVisible')
    .flatMap(([, { Dimensions }]) => idsIn(Dimensions));

  expect(letters.size).toBeGreaterThan(0);
  expect([...letters].filter((queue) => !watched.includes(queue))).toEqual([]);
});

test('the ticket of a group is held back by the page of that group', () => {
  const groups = ofType(template, 'AWS::CloudWatch::CompositeAlarm');
  const partOf = (id: string) => id.replace(/(?:Page|Ticket)[0-9A-F]{8}$/, '');
  const pages = new Map(groups.filter(([id]) => /Page[0-9A-F]{8}$/.test(id)).map(([id]) => [partOf(id), id]));
  const tickets = groups.filter(([id]) => /Ticket[0-9A-F]{8}$/.test(id) && pages.has(partOf(id)));

  expect(tickets.length).toBeGreaterThan(0);
  for (const [id, { ActionsSuppressor }] of tickets) expect(idsIn(ActionsSuppressor)).toEqual([pages.get(partOf(id))]);
});

test('no alarm rests on an expression over several metrics', () => {
  const expressions = ofType(template, 'AWS::CloudWatch::Alarm').filter(([, { Metrics }]) => Metrics !== undefined);

  expect(expressions.map(([id]) => id)).toEqual([]);
});

test('every schedule fires in UTC at its time, without a window', () => {
  for (const [, schedule] of ofType(template, 'AWS::Scheduler::Schedule')) {
    expect(schedule).toMatchObject({ FlexibleTimeWindow: { Mode: 'OFF' } });
    expect([undefined, 'UTC', 'Etc/UTC']).toContain(schedule.ScheduleExpressionTimezone);
  }
});
