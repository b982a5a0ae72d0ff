import type { DeploymentFacts } from '../admission/contract.ts';
import type { DecisionRecord } from './contract.ts';
import { decide } from './decide.ts';
import { deploymentRequest } from './deployment-request.ts';
import type { PolicySet } from './policy-set.ts';

/** Puts a deployment before policy: what was asked, by which policies, beside what was answered. */
export const askAboutDeployment =
  (policySet: PolicySet) =>
  (facts: DeploymentFacts): DecisionRecord => {
    const request = deploymentRequest(facts);
    return { decision: decide(policySet, request), request: request.query, policySet: policySet.digest };
  };
