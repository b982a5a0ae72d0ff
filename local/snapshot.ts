import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, root } from './paths.ts';
import { shelf } from './shelf.ts';

/** What one emulator needs to hand over its state: where it lives and how to make it write everything down. */
export type Snapshotable = { folder: string; port: number; writeState(): Promise<void> };

const snapshots = shelf('snapshots', 8);
const PARTS = ['state', 's3'];

/** A snapshot stands for what was deployed, for whether IAM is on, and for the emulator with our repairs. */
export const snapshotKey = (deployed: string, iam: boolean): string =>
  digestOf([join(root, 'local', 'emulator'), join(root, 'local', 'deploy.ts')], deployed, iam ? 'iam' : 'open');

export const findSnapshot = (key: string): string | undefined => snapshots.find(key);

export const keepSnapshot = async (emulator: Snapshotable, key: string): Promise<void> => {
  await emulator.writeState();
  await snapshots.put(
    () => key,
    async (draft) => {
      for (const part of PARTS) cpSync(join(emulator.folder, part), join(draft, part), { recursive: true });
      writeFileSync(join(draft, 'port'), String(emulator.port));
    },
  );
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
