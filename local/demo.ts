import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { planeOf } from '../cli/plane.ts';
import { chapters } from './demo/chapters.ts';
import { narrator, type Row, seconds, table } from './demo/narrator.ts';
import { planeClient } from './demo/plane-client.ts';
import { startLocalAws } from './local-aws.ts';
import { LocalAwsUnavailable } from './problem.ts';
import { writePublicKey } from './public-key.ts';
import { stockTool } from './stock-tools.ts';

const USAGE = `Usage: npm run demo -- [--json FILE]
  --json   also write what happened to this file`;

const readWishes = (args: string[]): { json?: string } => {
  const { values } = parseArgs({ args, options: { json: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help) throw new TypeError('Here is how it is used.');
  return values.json === undefined ? {} : { json: resolve(values.json) };
};

const STAGE = 'dev';

const play = async (json: string | undefined): Promise<boolean> => {
  const began = Date.now();
  const tell = narrator(false);
  tell.title('Clearance: a model dropped into S3 comes out signed and registered, or quarantined with the reasons\n');
  const progress = (line: string) => tell.dim(`   ${seconds(Date.now() - began).padStart(7)}  ${line}`);
  await stockTool('model-signing', { tell: progress });
  const aws = await startLocalAws({ stage: STAGE, onProgress: progress });
  const rows: Row[] = [];
  try {
    Object.assign(process.env, aws.env);
    const publicKey = await writePublicKey(aws, aws.outputs.SigningKeyArn ?? '');
    const plane = planeOf(STAGE, AbortSignal.timeout(300_000));
    for (const [i, { title, step, play }] of chapters({ client: planeClient(aws), plane, tell, publicKey }).entries()) {
      tell.chapter(i + 1, title);
      const start = Date.now();
      const { ok, outcome } = await play();
      rows.push({ step, outcome, ok, milliseconds: Date.now() - start });
      tell.verdict(ok, outcome);
    }
  } finally {
    await aws.stop();
  }
  const ok = rows.every((row) => row.ok);
  const total = Date.now() - began;
  tell.say(`\n${table(rows)}\n`);
  tell.title(`${ok ? 'All of it happened' : 'Not all of it happened'}, in ${seconds(total)}.`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ ok, milliseconds: total, steps: rows }, null, 2)}\n`);
  return ok;
};

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

try {
  process.exitCode = (await play(readWishes(process.argv.slice(2)).json)) ? 0 : 1;
} catch (cause) {
  if (cause instanceof TypeError) console.error(`${cause.message}\n\n${USAGE}`);
  else console.error(cause instanceof LocalAwsUnavailable ? cause.message : cause);
  process.exitCode = cause instanceof TypeError ? 2 : 1;
}
