import { PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { deploy, functionOf, makeQueue, pause, probe, runMachine, startMachine, untilOver } from '../support/probe.ts';

const invoke = (name: string, more: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: name, Payload: {} },
  ...more,
});

const pass = (more: object) => ({ Type: 'Pass', ...more });

probe('sfn_starts_at_once', 'an execution of one state takes far less than 150 ms', async (aws) => {
  let shortest = Number.POSITIVE_INFINITY;
  for (let attempt = 1; attempt <= 30 && shortest >= 140; attempt++) {
    const run = await runMachine(aws, `quick-${attempt}`, { StartAt: 'P', States: { P: pass({ End: true }) } });
    shortest = Math.min(shortest, Number(run.stopDate) - Number(run.startDate));
  }

  expect(shortest).toBeLessThan(140);
});

probe('sfn_stops_a_machine_that_takes_too_long', 'a machine past its TimeoutSeconds is TIMED_OUT', async (aws) => {
  const machine = { TimeoutSeconds: 1, StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 60, End: true } } };

  const run = await runMachine(aws, 'too-long', machine, {}, 2500);

  expect(run.status).toBe('TIMED_OUT');
});

probe(
  'sfn_does_nothing_more_once_it_is_over',
  'a stopped execution starts no further task in a branch, and tries none again',
  async (aws) => {
    const QueueUrl = await makeQueue(aws, 'after-stop');
    const sendTo = (url: string, more: object = {}) => ({
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage',
      Arguments: { QueueUrl: url, MessageBody: 'too late' },
      End: true,
      ...more,
    });
    const late = {
      StartAt: 'Wait',
      States: { Wait: { Type: 'Wait', Seconds: 6, Next: 'Send' }, Send: sendTo(QueueUrl) },
    };
    const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 6, BackoffRate: 1, MaxAttempts: 5 }];
    const again = { StartAt: 'Again', States: { Again: sendTo(`${QueueUrl}-made-later`, { Retry }) } };
    const machine = { StartAt: 'Both', States: { Both: { Type: 'Parallel', Branches: [late, again], End: true } } };
    const executionArn = await startMachine(aws, 'stopped', machine);

    await pause(200);
    await aws.sfn.send(new StopExecutionCommand({ executionArn }));
    const laterUrl = await makeQueue(aws, 'after-stop-made-later');
    await pause(8000);
    const sent = async (url: string) => (await aws.sqs.send(new ReceiveMessageCommand({ QueueUrl: url }))).Messages;

    expect([await sent(QueueUrl), await sent(laterUrl)]).toEqual([undefined, undefined]);
    expect((await untilOver(aws, executionArn)).status).toBe('ABORTED');
  },
);

probe('sfn_takes_a_task_timeout_from_an_expression', 'TimeoutSeconds may be an expression', async (aws) => {
  await deploy(aws, 'slow', { F: functionOf('slow', 'async () => new Promise((done) => setTimeout(done, 5000))') });
  const Catch = [{ ErrorEquals: ['States.Timeout'], Next: 'TimedOut' }];
  const Slow = invoke('slow', { TimeoutSeconds: '{% $states.input.seconds %}', Catch, End: true });
  const machine = { StartAt: 'Slow', States: { Slow, TimedOut: pass({ Output: 'timed out', End: true }) } };

  const run = await runMachine(aws, 'slow', machine, { seconds: 1 });

  expect(run.output).toBe('"timed out"');
});

probe('sfn_caps_and_jitters_retries', 'MaxDelaySeconds caps the delay between attempts', async (aws) => {
  const Retry = [
    { ErrorEquals: ['States.ALL'], IntervalSeconds: 1, BackoffRate: 10, MaxAttempts: 2, MaxDelaySeconds: 1 },
  ];
  const Fails = {
    Type: 'Task',
    Resource: 'arn:aws:states:::dynamodb:getItem',
    Arguments: { TableName: 'nowhere', Key: { pk: { S: 'x' } } },
    Retry,
    End: true,
  };

  const run = await runMachine(aws, 'retries', { StartAt: 'Fails', States: { Fails } }, {}, 4000);

  expect(run.status).toBe('FAILED');
});

probe('sfn_names_a_throttled_function', 'a throttled function fails the task by its own name', async (aws) => {
  await deploy(aws, 'throttled', { F: functionOf('throttled', 'async () => 1') });
  await aws.lambda.send(
    new PutFunctionConcurrencyCommand({ FunctionName: 'throttled', ReservedConcurrentExecutions: 0 }),
  );

  const run = await runMachine(aws, 'throttled', { StartAt: 'F', States: { F: invoke('throttled', { End: true }) } });

  expect(run.error).toBe('Lambda.TooManyRequestsException');
});

probe('sfn_gives_each_branch_its_own_scope', 'a branch does not see the variables of its sibling', async (aws) => {
  const branch = (name: string) => ({
    StartAt: `Set ${name}`,
    States: {
      [`Set ${name}`]: pass({ Assign: { mine: name }, Next: `Wait ${name}` }),
      [`Wait ${name}`]: { Type: 'Wait', Seconds: 1, Next: `Tell ${name}` },
      [`Tell ${name}`]: pass({ Output: '{% $mine %}', End: true }),
    },
  });
  const Branches = [branch('left'), branch('right')];

  const run = await runMachine(aws, 'scopes', {
    StartAt: 'Both',
    States: { Both: { Type: 'Parallel', Branches, End: true } },
  });

  expect(JSON.parse(run.output ?? '')).toEqual(['left', 'right']);
});

probe('sfn_shapes_the_output_of_parallel_states', 'Parallel has Arguments, Output and Assign', async (aws) => {
  const States = {
    Both: {
      Type: 'Parallel',
      Arguments: { n: '{% $states.input.n + 1 %}' },
      Branches: [{ StartAt: 'A', States: { A: pass({ Output: '{% $states.input.n * 10 %}', End: true }) } }],
      Assign: { kept: '{% $states.result[0] %}' },
      Output: '{% {"first": $states.result[0]} %}',
      Next: 'Tell',
    },
    Tell: pass({ Output: '{% [$states.input.first, $kept] %}', End: true }),
  };

  const run = await runMachine(aws, 'parallel', { StartAt: 'Both', States }, { n: 1 });

  expect(run.output).toBe('[20, 20]');
});

probe('sfn_shapes_the_output_of_succeed_states', 'Succeed has an Output', async (aws) => {
  const Done = { Type: 'Succeed', Output: '{% $states.input.n + 1 %}' };

  const run = await runMachine(aws, 'succeed', { StartAt: 'Done', States: { Done } }, { n: 1 });

  expect(run.output).toBe('2');
});

probe(
  'sfn_start_is_idempotent_by_name_and_input',
  'starting again with the same name and input is the same execution, with another input an error',
  async (aws) => {
    const machine = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 120, End: true } } };
    const first = await startMachine(aws, 'again', machine);
    const stateMachineArn = first.replace(':execution:', ':stateMachine:').replace(/:[^:]*$/, '');
    const start = (input: string) => aws.sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'one', input }));

    const [once, twice] = [await start('{"n":1}'), await start('{"n":1}')];

    expect(twice.executionArn).toBe(once.executionArn);
    await expect(start('{"n":2}')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  },
);

probe('sfn_refuses_large_payloads', 'a state that returns more than 256 KiB ends the execution', async (aws) => {
  const Big = pass({ Output: '{% $pad("", 262200, "x") %}', End: true });

  const run = await runMachine(aws, 'large', { StartAt: 'Big', States: { Big } });

  expect([run.status, run.error]).toEqual(['FAILED', 'States.DataLimitExceeded']);
});
