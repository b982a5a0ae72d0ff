import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { digestOf, root, workshop } from '../../local/paths.ts';
import { ensureVenv } from '../../local/python.ts';
import { runCommand } from '../../local/run-command.ts';

const here = join(root, 'bench', 'real-models');
const makers = join(here, 'makers');

type Environment = {
  readonly makers: readonly string[];
  /** A script that its packages need once before they can be imported. */
  readonly prepare?: string;
  readonly env?: Readonly<Record<string, string>>;
};

/** Libraries that bear one another's company; each environment is pinned in `requirements/<name>.txt`. */
export const ENVIRONMENTS: Readonly<Record<string, Environment>> = {
  classic: { makers: ['array', 'sklearn', 'xgboost', 'lightgbm', 'catboost', 'relatives', 'portable'] },
  older: { makers: ['array', 'sklearn', 'xgboost', 'lightgbm'] },
  torch: {
    makers: ['torch', 'keras', 'hub', 'lightning', 'torchserve'],
    // pip's PyTorch is linked against gigabytes of CUDA, which nobody calls here.
    prepare: join(root, 'models', 'cuda_stand_ins.py'),
    env: { KERAS_BACKEND: 'torch' },
  },
  tensorflow: { makers: ['tensorflow'] },
};

/** One thread, one seed for the hashes of texts, nothing asked of any hub. */
const QUIET = {
  OMP_NUM_THREADS: '1',
  PYTHONHASHSEED: '0',
  PYTHONDONTWRITEBYTECODE: '1',
  HF_HUB_OFFLINE: '1',
  TF_CPP_MIN_LOG_LEVEL: '3',
};

type Tell = (line: string) => void;

/** The interpreter with the libraries of an environment. */
const pythonOf = async (name: string, { prepare }: Environment, tell: Tell): Promise<string> => {
  const requirements = join(here, 'requirements', `${name}.txt`);
  const venv = { name: `real-models-${name}`, requirements, what: `the libraries of ${name} models`, version: '3.11' };
  const python = await ensureVenv(venv, tell);
  const prepared = join(dirname(python), '.prepared');
  if (prepare !== undefined && !existsSync(prepared)) {
    await runCommand(python, [prepare], { cwd: root, what: `Preparing ${venv.what}` });
    writeFileSync(prepared, '');
  }
  return python;
};

/** Writes models of one environment into a folder: those of its own makers, or of others that run there. */
export const writeModels = async (
  name: string,
  { folder, makers: wanted }: { folder: string; makers?: readonly string[] },
  tell: Tell,
): Promise<void> => {
  const environment = ENVIRONMENTS[name];
  if (environment === undefined) throw new RangeError(`no environment ${name}`);
  const python = await pythonOf(name, environment, tell);
  tell(`making the models of ${name}`);
  await runCommand(python, [join(makers, 'make.py'), folder, ...(wanted ?? environment.makers)], {
    cwd: makers,
    env: { ...QUIET, ...environment.env },
    what: `Making the models of ${name}`,
  });
};

/** The folder with such models, made once for each content of makers and pins. */
export const ensureModels = async (
  name: string,
  { folder = join(workshop, 'real-models', name), makers: wanted }: { folder?: string; makers?: readonly string[] },
  tell: Tell,
): Promise<string> => {
  const stamp = `${folder}.digest`;
  const digest = digestOf([makers, join(here, 'requirements', `${name}.txt`)]);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return folder;
  const draft = `${folder}.${process.pid}`;
  mkdirSync(dirname(folder), { recursive: true });
  try {
    await writeModels(name, { folder: draft, ...(wanted !== undefined && { makers: wanted }) }, tell);
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
    writeFileSync(stamp, digest);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
};
