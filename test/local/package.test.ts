import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makePackage } from '../../scripts/package.ts';

const workshop = mkdtempSync(join(tmpdir(), 'clearance-package-'));
const made = join(workshop, 'clearance');
beforeAll(() => makePackage(made), 120_000);
afterAll(() => rmSync(workshop, { recursive: true, force: true }));

const APP = `
import { App, Stack } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ModelGovernance } from 'clearance';
import { GovernedDeployment } from 'clearance/governed-deployment';
import { GovernedRouting } from 'clearance/governed-routing';
const app = new App();
const stack = new Stack(app, 'Theirs', { env: { account: '123456789012', region: 'eu-west-1' } });
const plane = new ModelGovernance(stack, 'Plane', {
  stage: { stage: 'prod' },
  modelBucket: Bucket.fromBucketName(stack, 'TheirBucket', 'their-models'),
  eventBus: EventBus.fromEventBusName(stack, 'TheirBus', 'their-bus'),
});
plane.grantSubmit(Role.fromRoleArn(stack, 'Trainer', 'arn:aws:iam::123456789012:role/trainer'), { models: ['fraud'] });
const held = { version: '1.0.0', root: 'sha256:${'0'.repeat(64)}' };
const target = new GovernedRouting(stack, 'Routing', { model: 'fraud', versions: [held], initial: held });
new GovernedDeployment(stack, 'Fraud', { stage: 'prod', name: 'fraud-prod', model: 'fraud', environment: 'production', target });
const { Resources } = app.synth().getStackByName('Theirs').template;
const types = Object.values(Resources).map(({ Type }) => Type);
console.log(JSON.stringify({ machines: types.filter((type) => type === 'AWS::StepFunctions::StateMachine').length,
  buses: types.filter((type) => type === 'AWS::Events::EventBus').length,
  documents: types.filter((type) => type === 'AWS::AppConfig::HostedConfigurationVersion').length }));
`;

test('an app of somebody else installs the package and puts the plane beside its own bucket and bus', async () => {
  const app = mkdtempSync(join(tmpdir(), 'clearance-app-'));
  try {
    const installed = join(app, 'node_modules');
    mkdirSync(installed);
    cpSync(made, join(installed, 'clearance'), { recursive: true });
    const modules = join(import.meta.dirname, '../../node_modules');
    for (const name of ['aws-cdk-lib', 'constructs', 'zod']) symlinkSync(join(modules, name), join(installed, name));
    writeFileSync(join(app, 'app.mjs'), APP);

    const printed = execFileSync(process.execPath, ['app.mjs'], {
      cwd: app,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });

    expect(JSON.parse(printed.trim().split('\n').at(-1) ?? '')).toEqual({ machines: 3, buses: 0, documents: 1 });
  } finally {
    rmSync(app, { recursive: true, force: true });
  }
}, 120_000);

const SERVER = `
import { followRouting } from 'clearance/routing';
const versions = [{ version: '1.0.0', root: 'sha256:${'0'.repeat(64)}', weight: 1000000 }];
const fetch = async () => JSON.stringify({ schema_version: 1, model: 'fraud', sequence: 1, versions });
const routing = await followRouting({ model: 'fraud', fetch });
console.log(routing.route('eva').version);
`;

test('an inference server takes the routing reader from the package and installs nothing but zod for it', async () => {
  const app = mkdtempSync(join(tmpdir(), 'clearance-server-'));
  try {
    const installed = join(app, 'node_modules');
    mkdirSync(installed);
    cpSync(made, join(installed, 'clearance'), { recursive: true });
    symlinkSync(join(import.meta.dirname, '../../node_modules/zod'), join(installed, 'zod'));
    writeFileSync(join(app, 'server.mjs'), SERVER);

    const printed = execFileSync(process.execPath, ['server.mjs'], { cwd: app, encoding: 'utf8' });

    expect(printed.trim()).toBe('1.0.0');
  } finally {
    rmSync(app, { recursive: true, force: true });
  }
}, 120_000);

test('the command of the package scans and checks as the one of the repository does, with Cedar and the policies of a plane', async () => {
  const app = mkdtempSync(join(tmpdir(), 'clearance-command-'));
  try {
    const installed = join(app, 'node_modules');
    mkdirSync(join(installed, '@cedar-policy'), { recursive: true });
    cpSync(made, join(installed, 'clearance'), { recursive: true });
    const cedar = '@cedar-policy/cedar-wasm';
    symlinkSync(join(import.meta.dirname, '../../node_modules', cedar), join(installed, cedar));
    const { bin } = JSON.parse(readFileSync(join(installed, 'clearance', 'package.json'), 'utf8'));
    const said = (command: string, verb: string) => {
      const model = join(import.meta.dirname, '../../models/iris-forest/1.0.0');
      const { status, stdout } = spawnSync(process.execPath, [command, verb, model, '--json'], { encoding: 'utf8' });
      return { status, document: JSON.parse(stdout) };
    };
    const own = join(import.meta.dirname, '../../cli/clearance.mjs');
    const theirs = join(installed, 'clearance', bin.clearance);

    for (const verb of ['scan', 'check']) expect(said(theirs, verb)).toEqual(said(own, verb));
    expect(said(theirs, 'scan')).toMatchObject({ status: 0 });
  } finally {
    rmSync(app, { recursive: true, force: true });
  }
}, 120_000);
