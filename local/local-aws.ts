import { bootstrapAndDeploy, stackOutputs } from './deploy.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { ensurePython } from './python.ts';
import { findSnapshot, keepSnapshot, snapshotKey } from './snapshot.ts';
import { type Assembled, governanceApp, type LocalApp, type StageOverrides, synthesise } from './synth.ts';

export type { LocalApp, StageOverrides } from './synth.ts';

export type LocalAws = {
  /** `http://127.0.0.1:PORT`: every AWS service behind one address. */
  endpoint: string;
  /** What the AWS SDKs for JavaScript and Python and the AWS CLI need in their environment. */
  env: Record<string, string>;
  /** The outputs of every deployed stack, by output key. */
  outputs: Record<string, string>;
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
  const assembled = await synthesise(app, stage, tell);
  const emulator = await startDeployed({ python, assembled, iam, port, tell });
  try {
    return {
      endpoint: emulator.endpoint,
      env: emulator.env,
      outputs: await stackOutputs(emulator),
      stop: emulator.stop,
    };
  } catch (cause) {
    await emulator.stop();
    throw cause;
  }
};

type Start = {
  python: string;
  assembled: Assembled;
  iam: boolean;
  port: number | undefined;
  tell: (line: string) => void;
};

const startDeployed = async ({ python, assembled, iam, port, tell }: Start): Promise<Emulator> => {
  const ground = snapshotKey('bootstrapped', iam);
  const deployed = snapshotKey(assembled.digest, iam);
  const restored = findSnapshot(deployed);
  const emulator = await startEmulator({ python, iam, port, from: restored ?? findSnapshot(ground) });
  if (restored !== undefined) {
    tell(`Local AWS restored from its snapshot at ${emulator.endpoint}`);
    return emulator;
  }
  try {
    await bootstrapAndDeploy({
      emulator,
      assembly: assembled.folder,
      tell,
      onBootstrapped: () => keepSnapshot(emulator, ground),
    });
    await keepSnapshot(emulator, deployed);
    return emulator;
  } catch (cause) {
    await emulator.stop();
    throw cause;
  }
};
