import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnEventBusPolicy, EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { FACT_SOURCE } from '../../core/kernel/contract.ts';
import { registry } from '../../core/registry/contract.ts';
import { findingsProduct } from '../platform/findings-product.ts';
import { type FactTables, followFacts } from '../platform/follow-facts.ts';
import { GovernedFunction } from '../platform/governed-function.ts';
import { DeadLetterQueue } from '../platform/governed-queue.ts';
import { groundOf } from '../platform/ground.ts';
import { PagingAlarm } from '../platform/paging-alarm.ts';
import { allow } from '../platform/permissions.ts';

export type FactStreamProps = { bus: IEventBus; tables: FactTables };

/** Facts, written beside the state change they tell of, on their way from the tables to the bus, in order. */
export class FactStream extends Construct {
  readonly publishFacts: GovernedFunction;
  readonly unpublished: DeadLetterQueue;

  constructor(scope: Construct, id: string, { bus, tables }: FactStreamProps) {
    super(scope, id);
    this.publishFacts = new GovernedFunction(this, 'PublishFacts', {
      entry: 'registry/publish-facts',
      contract: registry.reactors.publishFacts,
      env: {
        EVENT_BUS_NAME: bus.eventBusName,
        STAGE: groundOf(this).stage,
        FINDINGS_PRODUCT: findingsProduct,
      },
    });
    allow(this.publishFacts, {
      actions: ['events:PutEvents'],
      resources: [bus.eventBusArn],
      conditions: { 'ForAllValues:StringEquals': { 'events:source': [FACT_SOURCE] } },
    });
    this.unpublished = new DeadLetterQueue(this, 'Unpublished', {
      symptom: 'Facts never reached the bus: CI and audit have not heard of a registration or a rejection.',
      runbook: 'registry#a-fact-was-not-published',
      severity: 'page',
    });
    followFacts(this.publishFacts, tables, {
      batchSize: 10,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: 20,
      maxRecordAge: Duration.hours(12),
      onFailure: new SqsDlq(this.unpublished),
    });
    if (bus instanceof EventBus) this.#keepOthersQuiet(bus);
    new PagingAlarm(this, 'FactsAreLate', {
      symptom:
        'Facts reach the bus minutes late: CI waits for answers that stand already, and pages about models come late.',
      runbook: 'registry#facts-are-late',
      severity: 'page',
      metric: new Metric({
        namespace: 'AWS/Lambda',
        metricName: 'IteratorAge',
        dimensionsMap: { FunctionName: this.publishFacts.function.functionName },
        statistic: 'Maximum',
        period: Duration.minutes(5),
      }),
      threshold: Duration.minutes(5).toMilliseconds(),
    });
  }

  /**
   * On the bus nobody else speaks in the plane's name, whatever their own policies allow them: subscribers act on facts,
   * and so do the plane's own rules. The policy of a bus that is not ours is not ours to write.
   */
  #keepOthersQuiet(bus: EventBus): void {
    const statement = new PolicyStatement({
      sid: 'OnlyThePublisherTellsFacts',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['events:PutEvents'],
      resources: [bus.eventBusArn],
      conditions: {
        'ForAnyValue:StringEquals': { 'events:source': [FACT_SOURCE] },
        ArnNotEquals: { 'aws:PrincipalArn': this.publishFacts.role.roleArn },
      },
    });
    new CfnEventBusPolicy(this, 'OthersAreQuiet', {
      eventBusName: bus.eventBusName,
      statementId: 'OnlyThePublisherTellsFacts',
      statement: statement.toStatementJson(),
    });
  }
}
