import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { digestOf, root, searchPath } from './paths.ts';
import { runCommand } from './run-command.ts';
import { shelf } from './shelf.ts';

/** The name of a stage, or values that override the configuration of the default one. */
export type StageOverrides = string | Readonly<Record<string, unknown>>;

/** A CDK app: the folder of its cdk.json and the files that decide what it synthesises, relative to the repository. */
export type LocalApp = { folder: string; sources: readonly string[] };

/** What would be deployed, known by the digest of everything it is made from, and made only when it is needed. */
export type Assembly = {
  digest: string;
  synthesise(): Promise<string>;
  /** False when a source was edited meanwhile: what was made may be a mixture, and must not be kept under the digest. */
  isSettled(): boolean;
};

export const governanceApp: LocalApp = {
  folder: '.',
  sources: [
    'bin',
    'core',
    'docs/runbooks',
    'events',
    'functions',
    'lib',
    'policies',
    'schemas',
    'scripts/build.ts',
    'stages',
    'statemachines',
    'cdk.json',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
  ],
};

const assemblies = shelf('assemblies', 6);

/** The one place that knows how a stage reaches the CDK app. */
const stageContext = (stage: StageOverrides): string[] => [
  '-c',
  `stage=${typeof stage === 'string' ? stage : JSON.stringify(stage)}`,
];

export const assemblyOf = (app: LocalApp, stage: StageOverrides, tell: (line: string) => void): Assembly => {
  const context = stageContext(stage);
  const sources = app.sources.map((source) => join(root, source));
  const digestNow = (): string => digestOf(sources, app.folder, ...context);
  const digest = digestNow();
  const isSettled = (): boolean => digestNow() === digest;
  const key = (): string => (isSettled() ? digest : `unsettled-${randomUUID()}`);

  const synth = async (output: string): Promise<void> => {
    tell('Building and synthesising the CDK app …');
    await runCommand('cdk', ['synth', '-q', '--no-notices', '--no-version-reporting', ...context, '-o', output], {
      cwd: join(root, app.folder),
      env: { PATH: searchPath, CDK_DISABLE_CLI_TELEMETRY: 'true' },
      what: 'cdk synth',
    });
  };

  return { digest, isSettled, synthesise: async () => assemblies.find(digest) ?? assemblies.put(key, synth) };
};
