import { bootstrapAndDeploy, stackOutputs } from './deploy.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { ensurePython } from './python.ts';
import { findSnapshot, keepSnapshot, snapshotKey } from './snapshot.ts';
import { type Assembly, assemblyOf, governanceApp, type LocalApp, type StageOverrides } from './synth.ts';

export type { LocalApp } from './synth.ts';

export type LocalAws = {
  /** `http://127.0.0.1:PORT`: every AWS service behind one address. */
  endpoint: string;
  /** What the AWS SDKs for JavaScript and Python and the AWS CLI need in their environment. */
  env: Record<string, string>;
  /** The outputs of every deployed stack, by output key. */
  outputs: Record<string, string>;
  /** Scratch space, removed by `stop`. */
  folder: string;
  /** Ends everything that was started; calling it again changes nothing. */
  stop(): Promise<void>;
};

export type LocalAwsOptions = {
  /** A stage's name, or values that override its configuration. */
  stage: StageOverrides;
  /** Enforces IAM: every caller and every Lambda acts as its own role. */
  iam?: boolean;
  /** A fixed port; without it any free one. */
  port?: number;
  /** The CDK app to deploy, if not this repository's own. */
  app?: LocalApp;
  onProgress?: (line: string) => void;
};

/** Brings up AWS on this machine with the synthesised template deployed, from a snapshot when nothing has changed. */
export const startLocalAws = async (options: LocalAwsOptions): Promise<LocalAws> => {
  const { stage, iam = false, port, app = governanceApp, onProgress: tell = () => {} } = options;
  const python = await ensurePython(tell);
  const assembly = assemblyOf(app, stage, tell);
  const emulator = await startDeployed({ python, assembly, iam, port, tell });
  try {
    return {
      endpoint: emulator.endpoint,
      env: emulator.env,
      outputs: await stackOutputs(emulator),
      folder: emulator.folder,
      stop: emulator.stop,
    };
  } catch (cause) {
    await emulator.stop();
    throw cause;
  }
};

type Start = {
  python: string;
  assembly: Assembly;
  iam: boolean;
  port: number | undefined;
  tell: (line: string) => void;
};

const startDeployed = async ({ python, assembly, iam, port, tell }: Start): Promise<Emulator> => {
  const ground = snapshotKey('bootstrapped', iam);
  const deployed = snapshotKey(assembly.digest, iam);
  const restored = findSnapshot(deployed);
  if (restored !== undefined) {
    const emulator = await startEmulator({ python, iam, port, from: restored });
    tell(`Local AWS restored from its snapshot at ${emulator.endpoint}`);
    return emulator;
  }
  const template = await assembly.synthesise();
  const emulator = await startEmulator({ python, iam, port, from: findSnapshot(ground) });
  try {
    await bootstrapAndDeploy({
      emulator,
      assembly: template,
      tell,
      onBootstrapped: () => keepSnapshot(emulator, ground),
    });
    if (assembly.isSettled()) await keepSnapshot(emulator, deployed);
    return emulator;
  } catch (cause) {
    await emulator.stop();
    throw cause;
  }
};
