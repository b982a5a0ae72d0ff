import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { GovernedTable } from '../platform/governed-table.ts';

/** Holds the rollouts that are not over, by when they were asked for. */
const OPEN_INDEX = 'open';

/** What the plane remembers of its rollouts, and the facts of admission and rollout on their way to the bus. */
export class RolloutTable extends GovernedTable {
  constructor(scope: Construct, id: string) {
    super(scope, id, { indexes: [{ name: OPEN_INDEX, partitionKey: 'open', sortKey: 'requestedAt' }] });
  }

  /** Reads rollouts, and lists those that are not over. */
  grantList(who: IGrantable): void {
    this.grantLook(who, { index: OPEN_INDEX });
  }
}
