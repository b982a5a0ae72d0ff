import { Construct } from 'constructs';
import { policy } from '../../core/policy/contract.ts';
import { type EvidenceBucket, everyAttempt } from '../platform/evidence-bucket.ts';
import { GovernedFunction } from '../platform/governed-function.ts';

export class Policy extends Construct {
  readonly decideRegistration: GovernedFunction;

  constructor(scope: Construct, id: string, { evidence }: { evidence: EvidenceBucket }) {
    super(scope, id);
    this.decideRegistration = new GovernedFunction(this, 'DecideRegistration', {
      entry: 'policy/decide-registration',
      contract: policy.tasks.decideRegistration,
      env: { EVIDENCE_BUCKET: evidence.bucketName },
      // Cedar's WebAssembly module compiles once per cold start, on the share of a core that memory buys.
      memory: 1024,
    });
    evidence.grantKeep(this.decideRegistration, everyAttempt(policy.keys.record));
  }
}
