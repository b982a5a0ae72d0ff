import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildHandlers } from './build.ts';
import { bundleCommand, CEDAR, COMMAND } from './bundle-command.ts';

const root = join(import.meta.dirname, '..');

/** What the constructs read at synthesis, beside their code. */
const READ_AT_SYNTH = ['dist', 'statemachines', 'stages', 'docs/runbooks'];

type Manifest = {
  version: string;
  license: string;
  description: string;
  engines: Record<string, string>;
  exports: Record<string, string>;
  dependencies: Record<string, string>;
};

/**
 * Makes `out` the npm package that another CDK app installs: constructs as JavaScript with
 * types, handlers and the command bundled.
 * Node strips types only outside node_modules, so the sources themselves cannot be installed.
 */
export const makePackage = async (out = join(root, 'package')): Promise<string> => {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  await buildHandlers();
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  const { status } = spawnSync(tsc, ['-p', 'tsconfig.package.json', '--outDir', out], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('the constructs do not compile');
  for (const path of READ_AT_SYNTH) cpSync(join(root, path), join(out, path), { recursive: true });
  await bundleCommand(out);
  const { version, license, description, engines, exports, dependencies } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ) as Manifest;
  const manifest = {
    name: 'clearance',
    version,
    description,
    license,
    type: 'module',
    bin: { clearance: COMMAND },
    engines,
    exports: Object.fromEntries(
      Object.entries(exports).map(([name, source]) => [
        name,
        { types: source.replace(/\.ts$/, '.d.ts'), default: source.replace(/\.ts$/, '.js') },
      ]),
    ),
    dependencies: { zod: dependencies.zod, [CEDAR]: dependencies[CEDAR] },
    // Whoever only installs the command has no use for the constructs.
    peerDependenciesMeta: { 'aws-cdk-lib': { optional: true }, constructs: { optional: true } },
    peerDependencies: {
      'aws-cdk-lib': `^${dependencies['aws-cdk-lib']}`,
      constructs: `^${dependencies.constructs}`,
    },
  };
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return out;
};

if (import.meta.main) console.error(`The package stands in ${await makePackage()}; publish or install it with npm.`);
