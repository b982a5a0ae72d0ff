import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { FACT_KEYS, UNLOGGED } from '../../core/kernel/fact.ts';
import { useKey } from './data-key.ts';
import { groundOf } from './ground.ts';
import { allow } from './permissions.ts';

type TableIndex = { name: string; partitionKey: string; sortKey: string };

export type GovernedTableProps = {
  indexes: readonly TableIndex[];
  /** Whether facts are written here; they are indexed until they are logged. */
  facts?: boolean;
};

const text = (name: string) => ({ name, type: AttributeType.STRING });

/** A table keyed by `pk` and `sk`, on demand, recoverable to any second, whose new items are streamed. */
export class GovernedTable extends Table {
  constructor(scope: Construct, id: string, { indexes, facts = true }: GovernedTableProps) {
    const { dataKey, removal } = groundOf(scope);
    super(scope, id, {
      partitionKey: text('pk'),
      sortKey: text('sk'),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: dataKey,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      stream: StreamViewType.NEW_IMAGE,
      timeToLiveAttribute: 'expiresAt',
      removalPolicy: removal,
      deletionProtection: removal === RemovalPolicy.RETAIN,
    });
    const unlogged = { name: UNLOGGED.index, partitionKey: UNLOGGED.partition, sortKey: UNLOGGED.sort };
    for (const { name, partitionKey, sortKey } of [...indexes, ...(facts ? [unlogged] : [])])
      this.addGlobalSecondaryIndex({
        indexName: name,
        partitionKey: text(partitionKey),
        sortKey: text(sortKey),
        projectionType: ProjectionType.ALL,
      });
  }

  /** Gets items and queries the table; `index` names the one that may be queried too. No scans: nothing needs them. */
  grantLook(who: IGrantable, { index }: { index?: string } = {}): void {
    allow(who, { actions: ['dynamodb:GetItem', 'dynamodb:Query'], resources: [this.tableArn] });
    if (index !== undefined)
      allow(who, { actions: ['dynamodb:Query'], resources: [`${this.tableArn}/index/${index}`] });
    useKey(who, this.encryptionKey, { through: 'dynamodb', write: false });
  }

  /** Also writes items, alone or in transactions. Nothing is ever deleted but by its expiry. */
  grantChange(who: IGrantable): void {
    allow(who, {
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
      resources: [this.tableArn],
    });
    useKey(who, this.encryptionKey, { through: 'dynamodb', write: true });
  }

  /** Puts items and reads none. */
  grantAdd(who: IGrantable): void {
    allow(who, { actions: ['dynamodb:PutItem'], resources: [this.tableArn] });
    useKey(who, this.encryptionKey, { through: 'dynamodb', write: true });
  }

  /** Puts facts that go with no other change of state, and nothing else: no item under any other key. */
  grantTell(who: IGrantable): void {
    allow(who, {
      actions: ['dynamodb:PutItem'],
      resources: [this.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [FACT_KEYS] } },
    });
    useKey(who, this.encryptionKey, { through: 'dynamodb', write: true });
  }

  /** Finds the facts that are not logged yet, and says of each when it is. */
  grantLog(who: IGrantable): void {
    allow(who, { actions: ['dynamodb:Query'], resources: [`${this.tableArn}/index/${UNLOGGED.index}`] });
    allow(who, {
      actions: ['dynamodb:UpdateItem'],
      resources: [this.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [FACT_KEYS] } },
    });
    useKey(who, this.encryptionKey, { through: 'dynamodb', write: true });
  }

  /** Reads what the stream carries. */
  grantDecrypt(who: IGrantable): void {
    useKey(who, this.encryptionKey, { through: 'dynamodb', write: false });
  }
}
