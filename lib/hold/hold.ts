import { CustomResource, Duration } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { holdApi } from '../../core/hold/api.ts';
import { hold } from '../../core/hold/contract.ts';
import { GovernedFunction } from '../platform/governed-function.ts';
import { GovernedTable } from '../platform/governed-table.ts';
import { PagingAlarm } from '../platform/paging-alarm.ts';
import { allow } from '../platform/permissions.ts';
import type { PlaneApi } from '../platform/plane-api.ts';

export type HoldsProps = {
  api: PlaneApi;
  /** Those of the stage, by name. */
  environments: readonly string[];
};

/** The standing noes: their table, the workflow step that places one, and what people ask and order about them. */
export class Holds extends Construct {
  readonly table: GovernedTable;
  readonly placeHold: GovernedFunction;
  readonly answerHolds: GovernedFunction;
  readonly #api: PlaneApi;

  constructor(scope: Construct, id: string, { api, environments }: HoldsProps) {
    super(scope, id);
    this.#api = api;
    this.table = new GovernedTable(this, 'Table', { indexes: [] });
    this.#openList();
    const env = { HOLD_TABLE: this.table.tableName };
    this.placeHold = new GovernedFunction(this, 'PlaceHold', {
      entry: 'hold/place-hold',
      contract: hold.tasks.placeHold,
      env,
    });
    this.answerHolds = new GovernedFunction(this, 'AnswerHolds', {
      entry: 'hold/answer-holds',
      contract: hold.reactors.answerHolds,
      env: { ...env, ENVIRONMENTS: JSON.stringify(environments) },
    });
    for (const who of [this.placeHold, this.answerHolds]) this.grantPlace(who);
    api.serve(holdApi, this.answerHolds);
    new PagingAlarm(this, 'CannotBePlaced', {
      symptom: 'Holds cannot be placed: a check found a model at fault, and nothing stops it.',
      runbook: 'hold#holds-cannot-be-placed',
      severity: 'page',
      metric: this.placeHold.metricErrors(),
      threshold: 3,
    });
  }

  /**
   * Without a list every door stays closed, so a new table gets an empty one, once. The table's name is all that the
   * resource is made of: no later deployment calls the function again, and a list that somebody lost is not replaced
   * by an empty one behind their back.
   */
  #openList(): void {
    const openList = new GovernedFunction(this, 'OpenList', {
      entry: 'hold/open-list',
      contract: hold.reactors.openList,
      env: { HOLD_TABLE: this.table.tableName },
    });
    this.table.grantAdd(openList);
    const list = new CustomResource(this, 'List', {
      resourceType: 'Custom::HoldList',
      serviceToken: openList.arn,
      serviceTimeout: Duration.minutes(2),
      properties: { Table: this.table.tableName },
    });
    list.node.addDependency(openList.role);
  }

  /** Reads the list; also proves, inside a transaction on another table, that it is still the one that was read. */
  grantCheck(who: IGrantable): void {
    this.table.grantLook(who);
    allow(who, { actions: ['dynamodb:ConditionCheckItem'], resources: [this.table.tableArn] });
  }

  /** Places and lifts holds without asking anybody. What leaves the list is deleted from it; the hold itself stays. */
  grantPlace(who: IGrantable): void {
    this.table.grantChange(who);
    allow(who, { actions: ['dynamodb:DeleteItem'], resources: [this.table.tableArn] });
  }

  /** Asks which holds stand. */
  grantAsk(who: IGrantable): void {
    this.#api.grantAsk(who, [holdApi.list]);
  }

  /** Places and lifts holds, under the caller's own name. */
  grantAct(who: IGrantable): void {
    this.#api.grantAsk(who, holdApi);
  }
}
