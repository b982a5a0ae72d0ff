import { App } from 'aws-cdk-lib';
import { GovernanceStack } from '../../../lib/governance-stack.ts';
import { stageFromContext } from '../../../lib/stage.ts';
import { WineLines } from './wine-lines.ts';

const app = new App();
const { plane } = new GovernanceStack(app, stageFromContext(app.node.tryGetContext('stage')));
new WineLines(app, 'wine-lines', plane);
