import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { planeOf } from '../cli/plane.ts';
import { chapters, type Outcome } from './demo/chapters.ts';
import { narrator, type Row, seconds, table } from './demo/narrator.ts';
import { planeClient } from './demo/plane-client.ts';
import { prepare } from './demo/prepare.ts';
import { playStories, STORIES, type StoryName } from './demo/programme.ts';
import { servicesApp } from './demo/services/services-app.ts';
import type { Ending } from './demo/stories/scene.ts';
import { type LocalAws, startLocalAws } from './local-aws.ts';
import { LocalAwsUnavailable } from './problem.ts';
import { writePublicKey } from './public-key.ts';
import { stockTool } from './stock-tools.ts';

const INTAKE = 'intake';
const ALL: Readonly<Record<string, string>> = {
  [INTAKE]: 'a model dropped into S3 is signed and registered, or quarantined with the reasons',
  ...STORIES,
};

const LIST = Object.entries(ALL).map(([name, text]) => `  ${name.padEnd(9)} ${text}`);
const USAGE = `Usage: npm run demo -- [--story NAME]… [--list] [--json FILE]
  --story  play this story only; may be given several times
  --list   tell which stories there are
  --json   also write what happened to this file

Stories:
${LIST.join('\n')}`;

type Wishes = { json: string | undefined; stories: ReadonlySet<string>; list: boolean };

const readWishes = (args: string[]): Wishes => {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'string' },
      story: { type: 'string', multiple: true },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) throw new TypeError('Here is how it is used.');
  const unknown = values.story?.find((name) => !(name in ALL));
  if (unknown !== undefined) throw new TypeError(`--story is ${unknown}; allowed: ${Object.keys(ALL).join(', ')}.`);
  const { json, story, list } = values;
  return { json: json === undefined ? undefined : resolve(json), stories: new Set(story ?? Object.keys(ALL)), list };
};

const STAGE = 'dev';

type Chapter = { title: string; step: string; play: () => Promise<Outcome> };

const play = async ({ json, stories }: Wishes): Promise<boolean> => {
  const began = Date.now();
  const tell = narrator();
  tell.title('Clearance: what is cleared may fly; what flies is watched; what misbehaves is held\n');
  const progress = (line: string) => tell.dim(`   ${seconds(Date.now() - began).padStart(7)}  ${line}`);
  if (stories.has(INTAKE)) await stockTool('model-signing', { tell: progress });
  const aws = await startLocalAws({ stage: STAGE, app: servicesApp, onProgress: progress });
  const rows: Row[] = [];
  try {
    rows.push(...(await playAll(aws, stories)));
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

const playAll = async (aws: LocalAws, stories: ReadonlySet<string>): Promise<Row[]> => {
  const tell = narrator();
  Object.assign(process.env, aws.env);
  const [client, plane] = [planeClient(aws), planeOf(STAGE, AbortSignal.timeout(300_000))];
  const rows: Row[] = [];
  const inTurn = async (chapters: readonly Chapter[]): Promise<void> => {
    for (const { title, step, play } of chapters) {
      tell.chapter(rows.length + 1, title);
      const start = Date.now();
      const { ok, outcome } = await play();
      rows.push({ step, outcome, ok, milliseconds: Date.now() - start });
      tell.verdict(ok, outcome);
    }
  };
  if (stories.has(INTAKE)) {
    const publicKey = await writePublicKey(aws, aws.outputs.SigningKeyArn ?? '');
    await inTurn(chapters({ client, plane, tell, publicKey }));
  }
  const asked = new Set(Object.keys(STORIES).filter((name): name is StoryName => stories.has(name)));
  // Nothing can be lifted before it was held.
  if (asked.has('lift')) asked.add('drift');
  if (asked.size === 0) return rows;
  await inTurn([
    {
      title: 'Two versions of one model, and lines that serve it',
      step: 'ready to roll out',
      play: () => prepare({ client, plane, tell }),
    },
  ]);
  tell.chapter(
    rows.length + 1,
    asked.size === 1
      ? 'The second version is rolled out'
      : 'The second version is rolled out, on every line at the same time',
  );
  const played = await playStories({ aws, plane, narrator: tell }, asked);
  for (const story of asked) {
    const told = played[story];
    if (told !== undefined) rows.push(rowOf(story, told.ending, told.milliseconds));
  }
  return rows;
};

const rowOf = (step: string, ending: Ending | Error, milliseconds: number): Row =>
  ending instanceof Error
    ? { step, outcome: ending.message, ok: false, milliseconds }
    : { step, outcome: ending.outcome, ok: ending.ok, milliseconds };

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

try {
  const wishes = readWishes(process.argv.slice(2));
  if (wishes.list) console.log(LIST.join('\n'));
  else process.exitCode = (await play(wishes)) ? 0 : 1;
} catch (cause) {
  if (cause instanceof TypeError) console.error(`${cause.message}\n\n${USAGE}`);
  else console.error(cause instanceof LocalAwsUnavailable ? cause.message : cause);
  process.exitCode = cause instanceof TypeError ? 2 : 1;
}
