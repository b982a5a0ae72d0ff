import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { workshop } from '../../local/paths.ts';
import { runCommand } from '../../local/run-command.ts';
import { ENVIRONMENTS, ensureModels } from '../real-models/environments.ts';
import { listModels } from '../real-models/model-files.ts';
import { measuringPython } from './contenders.ts';
import { writeVectors } from './hostile-files.ts';

type Tell = (line: string) => void;

/** A model is a file, or a folder of files that belong together. */
export type Models = ReadonlyMap<string, readonly string[]>;

const place = (name: string): string => join(workshop, 'scanners', name);

const below = (folder: string): string[] => listModels(folder).map(({ path }) => join(folder, path));

/** The hostile vectors of the tests, each a file. */
export const vectors = (): Models => new Map(writeVectors(place('vectors')).map((path) => [path, [path]]));

/** Hostile models that real libraries wrote; `maker` runs in the environment of that name. */
export const attacks = async (environment: string, maker: string, tell: Tell): Promise<Models> => {
  const folder = await ensureModels(environment, { folder: place(`attacks-${environment}`), makers: [maker] }, tell);
  const library = join(folder, environment);
  return new Map(
    readdirSync(library).map((name) => {
      const path = join(library, name);
      return [path, statSync(path).isDirectory() ? below(path) : [path]];
    }),
  );
};

export const ATTACKS: readonly (readonly [environment: string, maker: string])[] = [
  ['classic', 'attack'],
  ['torch', 'attack_torch'],
  ['tensorflow', 'attack_tensorflow'],
];

/** Every file of the real models of one environment. */
export const realModels = async (environment: string, tell: Tell): Promise<Models> => {
  const files = below(await ensureModels(environment, {}, tell));
  return new Map(files.map((path) => [path, [path]]));
};

export const REAL = Object.keys(ENVIRONMENTS);

/** Two hundred models of ordinary sizes in one folder. */
export const ordinary = async (tell: Tell): Promise<string> => {
  const folder = await ensureModels('torch', { folder: place('ordinary'), makers: ['ordinary'] }, tell);
  return join(folder, 'ordinary');
};

const DENSE = `
import pickle, sys
rows = [
    {"id": i, "name": f"row {i}", "seen": i % 3 == 0, "score": i / 7, "of": None, "next": i + 1, "tag": f"tag {i % 97}"}
    for i in range(400_000)
]
with open(sys.argv[1], "wb") as file:
    pickle.dump(rows, file, protocol=4)
`;

/** 400,000 small dicts: next to nothing but opcodes. */
export const dense = async (): Promise<string> => {
  const path = place('dense.pkl');
  mkdirSync(place('.'), { recursive: true });
  if (!existsSync(path))
    await runCommand(measuringPython(), ['-c', DENSE, path], { cwd: workshop, what: 'Writing a pickle of dicts' });
  return path;
};
