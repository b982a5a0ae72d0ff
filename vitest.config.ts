import { defineConfig } from 'vitest/config';

/** `unit` needs nothing but Node; `local` runs against the local AWS and shares one emulator, so its files run in turn. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/local/**'],
          testTimeout: 20_000,
          // Units share nothing that changes, so files may share what they import: CDK alone takes a second to load.
          isolate: false,
          // CDK's own look at each template takes ten times as long as making it; `cdk synth` and every deployment have it.
          env: { CDK_VALIDATION: 'false' },
        },
      },
      {
        test: {
          name: 'local',
          include: ['test/e2e/**/*.test.ts', 'test/local/**/*.test.ts'],
          globalSetup: ['test/support/local-broker.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
