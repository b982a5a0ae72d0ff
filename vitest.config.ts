import { defineConfig } from 'vitest/config';

/** What mostly waits, for traffic, bakes and schedules: a local AWS of its own lets it wait while others work. */
const FLIGHTS = ['appconfig-rollout', 'monitor', 'rollout', 'rollout-crash', 'stories', 'telemetry', 'upgrade'].map(
  (name) => `test/e2e/${name}.test.ts`,
);

/**
 * What has a local AWS to itself, since it changes what is deployed, waits for every alarm, leaves very much behind, or looks
 * at everything that is there.
 */
const ALONE = ['keys', 'pages', 'scale', 'verification'].map((name) => `test/e2e/${name}.test.ts`);

/** The files of a project share one local AWS, so they run in turn. */
const onLocalAws = {
  globalSetup: ['test/support/local-broker.ts'],
  fileParallelism: false,
  testTimeout: 480_000,
  hookTimeout: 480_000,
};

/** What synthesises templates, bundles handlers or starts the command as a process. */
const BUILT = ['lib/**/*', 'contract/**/*', 'cli/command', 'cli/plane'].map((name) => `test/${name}.test.ts`);

/** What plays one thing thousands of times: fuzzers, faults planted at every call, simulated years. */
const PLAYED = [
  'audit/{sequence-facts,verify-log}',
  'cli/audit-prove',
  'drift/false-alarms',
  'gates/training-data/judge-sample',
  'rollout/{excess,interrupted,judge,routing-document}',
  'scanning/{chat-template,documents-fuzz,fuzz,fuzz-readers,hdf5-fuzz,pickle}',
  'telemetry/{deliveries,summarise}',
].map((name) => `test/${name}.test.ts`);

/** Units share nothing that changes, so files may share what they import: CDK alone takes a second to load. */
const inOneProcess = {
  testTimeout: 60_000,
  isolate: false,
  // CDK's own look at each template takes ten times as long as making it; `cdk synth` and every deployment have it.
  env: { CDK_VALIDATION: 'false' },
};

/** `unit`, `built` and `played` need nothing but Node; `local` and `flights` run against a local AWS each, `alone` against one for each file. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    maxConcurrency: 20,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/local/**', ...BUILT, ...PLAYED],
          ...inOneProcess,
        },
      },
      { test: { name: 'built', include: BUILT, ...inOneProcess } },
      { test: { name: 'played', include: PLAYED, ...inOneProcess } },
      {
        test: {
          name: 'local',
          include: ['test/e2e/**/*.test.ts', 'test/local/**/*.test.ts'],
          exclude: [...FLIGHTS, ...ALONE],
          ...onLocalAws,
        },
      },
      { test: { name: 'flights', include: FLIGHTS, ...onLocalAws } },
      { test: { name: 'alone', include: ALONE, ...onLocalAws } },
    ],
  },
});
