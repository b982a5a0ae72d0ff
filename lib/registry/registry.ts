import { Construct } from 'constructs';
import { registry } from '../../core/registry/contract.ts';
import { type EvidenceBucket, everyAttempt } from '../platform/evidence-bucket.ts';
import { GovernedFunction } from '../platform/governed-function.ts';
import { GovernedTable } from '../platform/governed-table.ts';

/** Answers the questions that the key turns around: all models, and the lineage downstream of a node. */
export const INVERSE_INDEX = 'inverse';

/** The table of registered versions, and the two steps that write it. */
export class Registry extends Construct {
  readonly table: GovernedTable;
  readonly reserveVersion: GovernedFunction;
  readonly registerVersion: GovernedFunction;

  constructor(scope: Construct, id: string, { evidence }: { evidence: EvidenceBucket }) {
    super(scope, id);
    this.table = new GovernedTable(this, 'Table', {
      indexes: [{ name: INVERSE_INDEX, partitionKey: 'inversePk', sortKey: 'inverseSk' }],
    });
    const env = { EVIDENCE_BUCKET: evidence.bucketName, REGISTRY_TABLE: this.table.tableName };
    this.reserveVersion = new GovernedFunction(this, 'ReserveVersion', {
      entry: 'registry/reserve-version',
      contract: registry.tasks.reserveVersion,
      env,
    });
    evidence.grantKeep(this.reserveVersion, everyAttempt(registry.keys.refusal));
    this.registerVersion = new GovernedFunction(this, 'RegisterVersion', {
      entry: 'registry/register-version',
      contract: registry.tasks.registerVersion,
      env,
      // It reads an inventory of up to 20,000 files into memory.
      memory: 1024,
    });
    evidence.grantGet(this.registerVersion);
    for (const step of [this.reserveVersion, this.registerVersion]) this.table.grantChange(step);
  }
}
