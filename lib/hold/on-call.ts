import { Duration } from 'aws-cdk-lib';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { hold } from '../../core/hold/contract.ts';
import { FACT_SOURCE } from '../../core/kernel/contract.ts';
import { useKey } from '../platform/data-key.ts';
import { EventRoute } from '../platform/event-route.ts';
import { GovernedFunction } from '../platform/governed-function.ts';
import { DeadLetterQueue, GovernedQueue } from '../platform/governed-queue.ts';
import { GovernedTable } from '../platform/governed-table.ts';
import { groundOf } from '../platform/ground.ts';
import { allow } from '../platform/permissions.ts';

/** At 2 minutes between tries, half an hour in which SNS or the table may be away. */
const RETRY_EVERY = Duration.minutes(2);
const TRIES = 15;

/**
 * Pages and tickets about one model: whoever subscribed to the topic of its severity hears that a hold was placed or
 * became graver, and that it was lifted. A queue keeps what could not be told yet.
 */
export class OnCall extends Construct {
  readonly tellOnCall: GovernedFunction;

  constructor(scope: Construct, id: string, { bus }: { bus: IEventBus }) {
    super(scope, id);
    const { pages, tickets, stage } = groundOf(this);
    const told = new GovernedTable(this, 'Told', { indexes: [], facts: false });
    this.tellOnCall = new GovernedFunction(this, 'TellOnCall', {
      entry: 'hold/tell-on-call',
      contract: hold.reactors.tellOnCall,
      env: {
        TOLD_TABLE: told.tableName,
        PAGE_TOPIC: pages.topicArn,
        TICKET_TOPIC: tickets.topicArn,
        STAGE: stage,
      },
    });
    told.grantLook(this.tellOnCall);
    told.grantAdd(this.tellOnCall);
    for (const topic of [pages, tickets]) this.#grantPublish(topic);
    this.#hear(bus);
  }

  #grantPublish({ topicArn, masterKey }: ITopic): void {
    allow(this.tellOnCall, { actions: ['sns:Publish'], resources: [topicArn] });
    useKey(this.tellOnCall, masterKey, { through: 'sns', write: true });
  }

  #hear(bus: IEventBus): void {
    const heard = new GovernedQueue(this, 'Heard', {
      visibilityTimeout: RETRY_EVERY,
      deadLetterQueue: {
        queue: new DeadLetterQueue(this, 'Untold', {
          symptom: 'A model is held or free again, and nobody on call was told.',
          runbook: 'hold#on-call-was-not-told',
          severity: 'page',
        }),
        maxReceiveCount: TRIES,
      },
    });
    const source = new SqsEventSource(heard, { batchSize: 10, reportBatchItemFailures: true, maxConcurrency: 2 });
    this.tellOnCall.function.addEventSource(source);
    const { placed, lifted } = hold.events;
    new EventRoute(this, 'HoldsChanged', {
      bus,
      source: FACT_SOURCE,
      detailType: [placed.type, lifted.type],
      description: 'People on call hear of holds',
      target: (delivery) => new SqsQueue(heard, delivery),
      runbook: 'hold#on-call-was-not-told',
      severity: 'page',
    });
  }
}
