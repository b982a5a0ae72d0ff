import { App, CfnOutput, type Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { CiRole, githubSubjects } from '../../../lib/ci/ci-role.ts';
import { GovernanceStack } from '../../../lib/governance-stack.ts';
import { stageFromContext } from '../../../lib/stage.ts';
import { WineLines } from '../../../local/demo/services/wine-lines.ts';

/** The plane as it is, and the people around it: each is a role with one of the plane's grants and nothing else. */
const app = new App();
const stack = new GovernanceStack(app, stageFromContext(app.node.tryGetContext('stage')));
const { plane } = stack;

const person = (name: string, grant: (who: Role) => void, home: Stack = stack): void => {
  const role = new Role(home, name, { assumedBy: new AccountRootPrincipal() });
  grant(role);
  new CfnOutput(home, `${name}RoleArn`, { value: role.roleArn });
};

const models = ['churn'];
person('Submitter', (who) => plane.grantSubmit(who));
person('ChurnSubmitter', (who) => plane.grantSubmit(who, { models }));
person('Reader', (who) => plane.grantRead(who));
person('ChurnReader', (who) => plane.grantRead(who, { models }));
person('Operator', (who) => plane.grantOperate(who));
person('Auditor', (who) => plane.grantAudit(who));

const pipeline = new CiRole(stack, 'Pipeline', {
  plane,
  subjects: githubSubjects('acme/churn', { branches: ['main'] }),
});
new CfnOutput(stack, 'PipelineRoleArn', { value: pipeline.role.roleArn });

const lines = new WineLines(app, 'wine-lines', plane);
person(
  'ReleaseEngineer',
  (who) => {
    plane.grantSubmit(who);
    plane.grantRead(who);
    plane.grantRelease(who);
    plane.grantOperate(who);
    lines.grantRelease(who);
  },
  lines,
);
