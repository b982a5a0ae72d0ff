import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildGoTool, goTool } from './go.ts';
import { root } from './paths.ts';
import { LocalAwsUnavailable } from './problem.ts';
import { ensureVenv } from './python.ts';

const pins = (file: string): string => join(root, 'local', 'stock-tools', file);

/** Tools of other makers that check, or feed, what we make. Each lives in an environment of its own, every version pinned. */
const TOOLS = {
  'model-signing': { module: 'model_signing', requirements: pins('model-signing.txt'), what: 'model_signing' },
  awscli: { module: 'awscli', requirements: pins('awscli.txt'), what: 'the AWS command line' },
} as const;

export type StockTool = (
  args: readonly string[],
  env?: Readonly<Record<string, string | undefined>>,
) => Promise<{ ok: boolean; output: string }>;

const say = (line: string): void => console.error(line);

const runTool =
  (what: string, command: string, before: readonly string[]): StockTool =>
  (args, env = {}) =>
    new Promise((resolve, reject) => {
      const options = { env: { ...process.env, ...env }, maxBuffer: 64 * 1024 ** 2 };
      execFile(command, [...before, ...args], options, (error, out, err) => {
        // No exit code means that it did not run to its end: that says nothing about what it was asked.
        if (error !== null && typeof error.code !== 'number')
          reject(new LocalAwsUnavailable(`${what} could not run: ${error.message}`, { cause: error }));
        else resolve({ ok: error === null, output: `${out}${err}` });
      });
    });

/** The tool, installed below `.local/` when it is first asked for. `ok` is its exit code being 0; `output` is all it printed. */
export const stockTool = async (
  name: keyof typeof TOOLS,
  { tell = say }: { tell?: (line: string) => void } = {},
): Promise<StockTool> => {
  const { module, requirements, what } = TOOLS[name];
  const python = await ensureVenv({ name, requirements, what }, tell);
  // By module: the scripts that pip writes name the folder in which the environment was built, not where it is now.
  return runTool(what, python, ['-I', '-m', module]);
};

const cosignModule = (): string => readFileSync(pins('cosign.txt'), 'utf8').trim();

/** cosign, if it was built: that takes minutes, so nobody who asks for it waits. */
export const cosign = (): StockTool | undefined => {
  const binary = goTool(cosignModule());
  return binary === undefined ? undefined : runTool('cosign', binary, []);
};

/** Everything that checks us and is not installed yet, and cosign where there is Go to build it with. */
export const installStockTools = async (tell = say): Promise<void> => {
  for (const [name, { requirements, what }] of Object.entries(TOOLS))
    await ensureVenv({ name, requirements, what }, tell);
  await buildGoTool(cosignModule(), tell);
};

type SignedFolder = { folder: string; bundle: string; publicKey: string };

/** Asks the stock `model_signing` whether a folder is the one that was signed; all three are paths. */
export const verifyWithStockTool = async ({ folder, bundle, publicKey }: SignedFolder) => {
  const modelSigning = await stockTool('model-signing');
  return modelSigning(['verify', 'key', '--public_key', publicKey, '--signature', bundle, folder]);
};

type SignedStatement = { bundle: string; publicKey: string };

/** Asks the reference libraries of DSSE and in-toto whether a statement is signed and has the form that it says. */
export const checkStatementWithStockTool = async ({ bundle, publicKey }: SignedStatement) => {
  const { requirements, what } = TOOLS['model-signing'];
  const python = await ensureVenv({ name: 'model-signing', requirements, what }, say);
  return runTool('in-toto-attestation', python, ['-I', pins('check_statement.py')])([bundle, publicKey]);
};
