import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { GovernanceStack } from '../lib/governance-stack.ts';
import { stageFromContext } from '../lib/stage.ts';

const app = new App();
new GovernanceStack(app, stageFromContext(app.node.tryGetContext('stage')));
// A finding without an acknowledged reason ends the synthesis.
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
