import { Stack } from 'aws-cdk-lib';
import { deploymentsPath } from '../../core/rollout/contract.ts';
import type { GovernedFunction } from '../platform/governed-function.ts';
import { groundOf } from '../platform/ground.ts';
import { allow } from '../platform/permissions.ts';
import { type Power, targetRoles } from './governed-deployment.ts';

const DEPLOYED = 'Deployments are named by the teams that make them, each in its own parameter below this one path.';
const ROLES =
  'Targets stand in accounts that the plane does not know beforehand. Such a role has to lie below this path and to ' +
  'trust this account under the external id of its own deployment.';

/** Lets a function read which deployments there are, and reach their targets under the roles that each leaves for it. */
export const grantReach = (who: GovernedFunction, power: Power): void => {
  const { stage } = groundOf(who);
  const path = deploymentsPath(stage);
  const parameter = (name: string) =>
    Stack.of(who).formatArn({ service: 'ssm', resource: 'parameter', resourceName: name.slice(1) });
  allow(who, {
    actions: ['ssm:GetParameter', 'ssm:GetParametersByPath'],
    resources: [parameter(path), parameter(`${path}/*`)],
    because: DEPLOYED,
  });
  allow(who, { actions: ['sts:AssumeRole'], resources: [targetRoles(stage, power)], because: ROLES });
};
