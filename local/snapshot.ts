import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { digestOf, root, workshop } from './paths.ts';
import { prune } from './synth.ts';

/** What one emulator needs to hand over its state: where it lives and how to make it write everything down. */
export type Snapshotable = { folder: string; port: number; writeState(): Promise<void> };

const snapshots = join(workshop, 'snapshots');
const KEPT_SNAPSHOTS = 8;
const PARTS = ['state', 's3'];

/** A snapshot stands for what was deployed, for whether IAM is on, and for the emulator with our repairs. */
export const snapshotKey = (deployed: string, iam: boolean): string =>
  digestOf([join(root, 'local', 'emulator'), join(root, 'local', 'deploy.ts')], deployed, iam ? 'iam' : 'open');

export const findSnapshot = (key: string): string | undefined => {
  const folder = join(snapshots, key);
  if (!existsSync(folder)) return undefined;
  const now = new Date();
  utimesSync(folder, now, now);
  return folder;
};

/** Written aside and renamed: a start that runs at the same time sees all of a snapshot or none of it. */
export const keepSnapshot = async (emulator: Snapshotable, key: string): Promise<void> => {
  await emulator.writeState();
  const draft = join(snapshots, `${key}.${process.pid}`);
  mkdirSync(draft, { recursive: true });
  for (const part of PARTS) cpSync(join(emulator.folder, part), join(draft, part), { recursive: true });
  writeFileSync(join(draft, 'port'), String(emulator.port));
  rmSync(join(snapshots, key), { recursive: true, force: true });
  renameSync(draft, join(snapshots, key));
  prune(snapshots, KEPT_SNAPSHOTS);
};

/** Puts a snapshot into an emulator's folder. Queue URLs and Lambda environments name the port, so it is rewritten. */
export const restoreSnapshot = (snapshot: string, folder: string, port: number): void => {
  for (const part of PARTS) cpSync(join(snapshot, part), join(folder, part), { recursive: true });
  const old = readFileSync(join(snapshot, 'port'), 'utf8');
  const address = new RegExp(`(localhost|127\\.0\\.0\\.1):${old}\\b`, 'g');
  const state = join(folder, 'state');
  for (const file of readdirSync(state).filter((name) => name.endsWith('.json'))) {
    const text = readFileSync(join(state, file), 'utf8');
    writeFileSync(join(state, file), text.replaceAll(address, `$1:${port}`));
  }
};
