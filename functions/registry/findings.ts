import type { PublishPorts } from '../../core/registry/publish-fact.ts';
import { CAN_BE_FINDINGS } from '../../core/security/contract.ts';

/** The schemas of the capabilities that such facts are of come with the first of them. */
export const findings =
  (product: string): PublishPorts['raise'] =>
  async ({ type, detail }) => {
    if (!CAN_BE_FINDINGS.has(type)) return undefined;
    const { raiseFinding } = await import('../../core/security/raise-finding.ts');
    const raised = raiseFinding({ type, detail: JSON.parse(detail) }, product);
    return raised && { type: raised.type, detail: JSON.stringify(raised.detail) };
  };
