import { z } from 'zod';
import { FindingRaised, security } from '../../core/security/contract.ts';
import { logger } from '../platform/log.ts';
import { onEvent } from '../platform/on-event.ts';
import { readEnv } from '../platform/read-env.ts';
import { securityHubFindings } from './securityhub-findings.adapter.ts';

const Event = z.object({ detail: FindingRaised });

const { FINDINGS_PRODUCT } = readEnv(security.reactors.importFindings);
const give = securityHubFindings();

export const handler = onEvent(async (event: unknown) => {
  const { id, finding } = Event.parse(event).detail;
  await give({ ...finding, ProductArn: FINDINGS_PRODUCT });
  logger.info('imported', { finding: id });
});
