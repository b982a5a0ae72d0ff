import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { groundOf } from './ground.ts';

export type TableIndex = { name: string; partitionKey: string; sortKey: string };

const text = (name: string) => ({ name, type: AttributeType.STRING });

/** A table keyed by `pk` and `sk`, on demand, recoverable to any second, whose new items are streamed. */
export class GovernedTable extends Table {
  constructor(scope: Construct, id: string, { indexes }: { indexes: readonly TableIndex[] }) {
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
    for (const { name, partitionKey, sortKey } of indexes)
      this.addGlobalSecondaryIndex({
        indexName: name,
        partitionKey: text(partitionKey),
        sortKey: text(sortKey),
        projectionType: ProjectionType.ALL,
      });
  }
}
