import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, root, searchPath, workshop } from './paths.ts';
import { runCommand } from './run-command.ts';

/** The name of a stage, or values that override the configuration of the default one. */
export type StageOverrides = string | Readonly<Record<string, unknown>>;

/** A CDK app: the folder of its cdk.json and the files that decide what it synthesises, relative to the repository. */
export type LocalApp = { folder: string; sources: readonly string[] };

export type Assembled = { folder: string; digest: string };

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

const assemblies = join(workshop, 'assemblies');
const KEPT_ASSEMBLIES = 6;

/** The one place that knows how a stage reaches the CDK app. */
const stageContext = (stage: StageOverrides): string[] => [
  '-c',
  `stage=${typeof stage === 'string' ? stage : JSON.stringify(stage)}`,
];

/** Builds and synthesises once for each state of the sources and each stage: synthesis takes seconds, a digest does not. */
export const synthesise = async (
  app: LocalApp,
  stage: StageOverrides,
  tell: (line: string) => void,
): Promise<Assembled> => {
  const context = stageContext(stage);
  const digest = digestOf(
    app.sources.map((source) => join(root, source)),
    app.folder,
    ...context,
  );
  const folder = join(assemblies, digest);
  if (existsSync(join(folder, 'manifest.json'))) {
    const now = new Date();
    utimesSync(folder, now, now);
    return { folder, digest };
  }
  tell('Building and synthesising the CDK app …');
  const env = { PATH: searchPath, CDK_DISABLE_CLI_TELEMETRY: 'true' };
  const draft = `${folder}.${process.pid}`;
  mkdirSync(assemblies, { recursive: true });
  const synth = ['synth', '-q', '--no-notices', '--no-version-reporting', ...context, '-o', draft];
  try {
    await runCommand('cdk', synth, { cwd: join(root, app.folder), env, what: 'cdk synth' });
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  prune(assemblies, KEPT_ASSEMBLIES);
  return { folder, digest };
};

/** Keeps the folders that were used last. */
export const prune = (folder: string, keep: number): void => {
  const byAge = readdirSync(folder)
    .map((name) => join(folder, name))
    .map((path) => ({ path, used: statSync(path).mtimeMs }))
    .sort((a, b) => b.used - a.used);
  for (const { path } of byAge.slice(keep)) rmSync(path, { recursive: true, force: true });
};
