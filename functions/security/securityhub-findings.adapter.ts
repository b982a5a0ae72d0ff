import type { SecurityHubClientConfig } from '@aws-sdk/client-securityhub';
import { Throttled } from '../../core/kernel/failures.ts';
import type { SecurityFinding } from '../../core/security/contract.ts';
import { rethrow } from '../platform/aws-errors.ts';
import { lazy } from '../platform/lazy.ts';

/** Gives one finding to Security Hub. It answers 200 even when it took none, so its count is read. */
export const securityHubFindings = (config: SecurityHubClientConfig = {}) => {
  const hub = lazy(async () => {
    const sdk = await import('./securityhub-sdk.adapter.ts');
    return { sdk, client: new sdk.SecurityHubClient(config) };
  });
  return async (finding: SecurityFinding): Promise<void> => {
    const { sdk, client } = await hub();
    const { FailedCount, FailedFindings } = await client
      .send(new sdk.BatchImportFindingsCommand({ Findings: [finding] }))
      .catch(rethrow);
    const [failed] = FailedFindings ?? [];
    if (!FailedCount) return;
    const why = `Security Hub refused finding ${finding.Id}: ${failed?.ErrorCode} ${failed?.ErrorMessage}`;
    throw failed?.ErrorCode === 'InternalError' ? new Throttled(why) : new Error(why);
  };
};
