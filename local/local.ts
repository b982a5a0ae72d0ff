import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type LocalAws, startLocalAws } from './local-aws.ts';
import { LocalAwsUnavailable } from './problem.ts';
import { writePublicKey } from './public-key.ts';
import type { StageOverrides } from './synth.ts';

const USAGE = `Usage: npm run local -- [--stage NAME|JSON] [--iam] [--port N] [--json FILE]
  --stage  the stage's name, or a JSON object that overrides its configuration
  --iam    enforce IAM: every caller and every Lambda acts as its own role
  --port   listen on this port instead of any free one
  --json   once ready, write endpoint, environment, stack outputs and the public key's path to this file`;

type Wishes = { stage: StageOverrides; iam: boolean; port?: number; json?: string };

const readWishes = (args: string[]): Wishes => {
  const { values } = parseArgs({
    args,
    options: {
      stage: { type: 'string', default: '{}' },
      iam: { type: 'boolean', default: false },
      port: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) throw new TypeError('Here is how it is used.');
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65536)) {
    throw new TypeError(`--port is ${values.port}; a whole number from 1 to 65535 is allowed.`);
  }
  return {
    stage: values.stage.trimStart().startsWith('{') ? JSON.parse(values.stage) : values.stage,
    iam: values.iam,
    ...(port === undefined ? {} : { port }),
    ...(values.json === undefined ? {} : { json: resolve(values.json) }),
  };
};

/** Renamed into place, so that whoever waits for the file never reads half of it. */
const writeWhole = (file: string, value: unknown): void => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.part`, `${JSON.stringify(value, undefined, 2)}\n`);
  renameSync(`${file}.part`, file);
};

const instructions = ({ env, outputs }: LocalAws, publicKey: string | undefined): string => {
  const exports = Object.entries(env).map(([name, value]) => `  export ${name}=${JSON.stringify(value)}`);
  const rows = Object.entries(outputs).map(([name, value]) => `  ${name.padEnd(24)} ${value}`);
  const bucket = outputs.ModelBucketName ?? '<bucket>';
  return [
    '\nThe local AWS is up. In another terminal:\n\n  unset AWS_PROFILE',
    ...exports,
    `\n  aws s3 cp --recursive ./my-model s3://${bucket}/models/my-model/1.0.0/\n`,
    'Stack outputs:',
    ...rows,
    ...(publicKey === undefined ? [] : [`\nPublic key of the signer: ${publicKey}`]),
    '\nCtrl-C stops it and leaves nothing behind.',
  ].join('\n');
};

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const main = async ({ json, ...wishes }: Wishes): Promise<void> => {
  // Leaving at once is safe at any moment of the start: whatever was started ends with this process.
  const leave = (): never => process.exit(130);
  for (const signal of SIGNALS) process.on(signal, leave);
  const aws = await startLocalAws({ ...wishes, onProgress: (line) => console.error(line) });
  try {
    const { endpoint, env, outputs } = aws;
    const publicKey = outputs.SigningKeyArn && (await writePublicKey(aws, outputs.SigningKeyArn));
    if (json !== undefined) writeWhole(json, { endpoint, env, outputs, publicKey });
    console.log(instructions(aws, publicKey));
    await new Promise<void>((resolve) => {
      const wait = setInterval(() => {}, 2 ** 30);
      const end = (): void => {
        clearInterval(wait);
        resolve();
      };
      for (const signal of SIGNALS) process.off(signal, leave).on(signal, end);
    });
  } finally {
    await aws.stop();
  }
};

const wishesOrUsage = (): Wishes | undefined => {
  try {
    return readWishes(process.argv.slice(2));
  } catch (problem) {
    console.error(`${problem instanceof Error ? problem.message : problem}\n\n${USAGE}`);
    process.exitCode = 2;
    return undefined;
  }
};

const wishes = wishesOrUsage();
if (wishes !== undefined) {
  await main(wishes).catch((problem: unknown) => {
    if (!(problem instanceof LocalAwsUnavailable)) throw problem;
    console.error(problem.message);
    process.exitCode = 1;
  });
}
