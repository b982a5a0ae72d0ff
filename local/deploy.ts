import { CloudFormationClient, paginateDescribeStacks } from '@aws-sdk/client-cloudformation';
import { clientOptions, type Emulator } from './emulator.ts';
import { searchPath } from './paths.ts';
import { runCommand } from './run-command.ts';

const TOOLKIT = 'CDKToolkit';

type Deployment = {
  emulator: Emulator;
  assembly: string;
  tell: (line: string) => void;
  onBootstrapped: () => Promise<void>;
};

const stacks = async (emulator: Emulator) => {
  const client = new CloudFormationClient(clientOptions(emulator));
  const found = [];
  for await (const page of paginateDescribeStacks({ client }, {})) found.push(...(page.Stacks ?? []));
  client.destroy();
  return found;
};

type Running = Pick<Emulator, 'env' | 'folder'>;

/** The stock CDK command line on the stock assembly: nothing about the template is special here. */
const cdk = ({ env, folder }: Running, assembly: string, ...args: string[]): Promise<string> =>
  runCommand('cdk', [...args, '-a', assembly, '--no-notices', '--ci'], {
    // Away from our cdk.json, whose build step and context belong to synthesis.
    cwd: folder,
    env: { ...env, PATH: searchPath, CDK_DISABLE_CLI_TELEMETRY: 'true', AWS_PROFILE: undefined },
    what: `cdk ${args[0]}`,
  });

/** Creates what is not there and updates what is. */
export const deployAssembly = async (running: Running, assembly: string): Promise<void> => {
  await cdk(running, assembly, 'deploy', '--all', '--method', 'direct', '--require-approval', 'never');
};

export const bootstrapAndDeploy = async ({ emulator, assembly, tell, onBootstrapped }: Deployment): Promise<void> => {
  if (!(await stacks(emulator)).some(({ StackName }) => StackName === TOOLKIT)) {
    tell('Bootstrapping the local account …');
    const { AWS_ACCESS_KEY_ID: account, AWS_REGION: region } = emulator.env;
    await cdk(emulator, assembly, 'bootstrap', `aws://${account}/${region}`);
    await onBootstrapped();
  }
  tell('Deploying the synthesised template …');
  await deployAssembly(emulator, assembly);
};

/** The outputs of every stack but the toolkit's, by output key. */
export const stackOutputs = async (emulator: Emulator): Promise<Record<string, string>> => {
  const ours = (await stacks(emulator)).filter(({ StackName }) => StackName !== TOOLKIT);
  const outputs = ours.flatMap(({ Outputs }) => Outputs ?? []);
  return Object.fromEntries(outputs.map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']));
};
