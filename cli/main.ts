import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { EXIT, misused } from './outcome.ts';
import { runVerb, tellProblem, type Verb } from './run-verb.ts';

const wantsJson = process.argv.includes('--json');
const run = (verb: Verb): Promise<void> => runVerb(verb, { json: wantsJson });

const seconds = (value: string): number => {
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0)
    throw new InvalidArgumentError('A number of seconds above 0 is allowed.');
  return number;
};

const words = (value: string): string => {
  if (value.trim() === '') throw new InvalidArgumentError('A few words are asked for.');
  return value;
};

const program = new Command('clearance')
  .description('Model governance on AWS: a version is registered and signed, or refused with every reason.')
  .version(packageJson.version, '-V, --clearance-version', 'print the version of this command')
  .helpCommand(false)
  // Without "[options]": what a verb does has to fit beside it in 80 columns.
  .configureHelp({
    subcommandTerm: (each) =>
      [each.name(), ...each.registeredArguments.map((it) => (it.required ? `<${it.name()}>` : `[${it.name()}]`))].join(
        ' ',
      ),
  })
  .enablePositionalOptions()
  .showHelpAfterError('(--help tells how it is called)')
  .addHelpText('after', '\nExit codes: 0 yes, 1 no, 2 wrong call, 3 could not tell (network, rights, time).')
  .configureOutput({ writeErr: (text) => wantsJson || process.stderr.write(text) })
  .exitOverride();

const verb = (usage: string, description: string, of: Command = program): Command =>
  of
    .command(usage)
    .description(description)
    .option('--json', 'one JSON document on stdout, and nothing else')
    .allowExcessArguments(false);

const planeVerb = (usage: string, description: string, of?: Command): Command =>
  verb(usage, description, of).option('--stage <name>', 'which plane to ask', process.env.CLEARANCE_STAGE || 'dev');

verb('init <DIR>', 'write a manifest that says what the folder tells and marks what is left to fill in')
  .option('--model <name>', 'the name of the model')
  .option('--version <version>', 'the version that the folder holds')
  .option('--owner <team>', 'the team that answers for the model')
  .option('--force', 'write over a manifest that stands already', false)
  .action((dir: string, options) =>
    run(async (context) => (await import('./init.ts')).init({ dir, ...options }, context)),
  );

verb('check <DIR>', 'tell what intake would say, without uploading anything')
  .option('--stage-file <file>', 'the configuration of the stage: its limits and thresholds')
  .action((dir: string, { stageFile }) =>
    run(async (context) => {
      const { readStageRules } = await import('./stage-rules.ts');
      const rules = await readStageRules(stageFile);
      return (await import('./check.ts')).check({ dir, rules }, context);
    }),
  );

verb('verify <DIR>', 'tell whether the files are those that the holder of a key signed; asks nobody')
  .requiredOption('--key <PEM>', 'file with the public key')
  .option('--bundle <file>', 'the signature, if it is not model.sig in the folder')
  .option('--verdict <file>', 'also whether this verdict, as admit --bundle wrote it, opens the door now')
  .option('--env <name>', 'the environment of that door')
  .option('--deployment <name>', 'the deployment whose door it is; a verdict opens no other')
  .action((dir: string, { key, bundle, verdict, env, deployment }) =>
    run(async (context) => {
      const [{ verify }, { doorOf }] = await Promise.all([import('./verify.ts'), import('./check-verdict.ts')]);
      return verify({ dir, key, bundle, door: doorOf({ verdict, environment: env, deployment }) }, context);
    }),
  );

planeVerb('submit <DIR>', 'upload a version, the manifest last, and wait for the answer')
  .requiredOption('--model <name>', 'the model, as the manifest says')
  .requiredOption('--version <version>', 'the version, as the manifest says')
  .option('--no-wait', 'do not wait for the answer')
  .option('--timeout <seconds>', 'how long to wait for the answer', seconds, 300)
  .option('--bucket <name>', 'the bucket of the plane, instead of asking which it is')
  .option('--skip-check', 'upload whatever the manifest says, and let the plane refuse it', false)
  .action((dir: string, { stage, bucket, timeout, skipCheck, ...options }) =>
    run(async (context) => {
      const [{ submit }, { planeOf }, { s3ModelBucket }] = await Promise.all([
        import('./submit.ts'),
        import('./plane.ts'),
        import('./s3-model-bucket.ts'),
      ]);
      const open = async () => {
        const name: string = bucket ?? (await planeOf(stage, context.signal).address()).modelBucket;
        return s3ModelBucket(name, context.signal);
      };
      return submit({ dir, ...options, timeoutSeconds: timeout, check: !skipCheck }, { bucket: open }, context);
    }),
  );

planeVerb('status <MODEL> <VERSION>', 'tell how a version stands').action((model: string, version: string, { stage }) =>
  run(async ({ signal }) => {
    const [{ status }, { planeOf }] = await Promise.all([import('./status.ts'), import('./plane.ts')]);
    return status({ model, version }, planeOf(stage, signal));
  }),
);

planeVerb('list [MODEL]', 'list the registered models, or the versions of one').action(
  (model: string | undefined, { stage }) =>
    run(async ({ signal }) => {
      const [{ listModels, listVersions }, { planeOf }] = await Promise.all([
        import('./list.ts'),
        import('./plane.ts'),
      ]);
      const plane = planeOf(stage, signal);
      return model === undefined ? listModels(plane) : listVersions(model, plane);
    }),
);

planeVerb(
  'drift <MODEL>',
  'tell how a deployed model stands after its last check: drift, schema, error budgets',
).action((model: string, { stage }) =>
  run(async ({ signal }) => {
    const [{ drift }, { planeOf }] = await Promise.all([import('./drift.ts'), import('./plane.ts')]);
    return drift(model, planeOf(stage, signal));
  }),
);

planeVerb('pull <MODEL> <VERSION> <DIR>', 'download a registered version into a new folder, if it is what was signed')
  .option('--key <PEM>', 'file with the public key to check with, instead of the one that the plane gives')
  .action((model: string, version: string, dir: string, { stage, key }) =>
    run(async (context) => {
      const [{ pull }, { planeOf }, { s3ModelBucket }] = await Promise.all([
        import('./pull.ts'),
        import('./plane.ts'),
        import('./s3-model-bucket.ts'),
      ]);
      const bucket = (name: string) => s3ModelBucket(name, context.signal);
      return pull({ model, version, dir, key }, { plane: planeOf(stage, context.signal), bucket }, context);
    }),
  );

const rolloutVerb = planeVerb(
  'rollout',
  'roll a registered version out, step by step; list, show, pause, resume, rollback',
)
  .argument('<MODEL>')
  .argument('<VERSION>')
  .option('--env <name>', 'the environment to take it to')
  .option('--deployment <name>', 'which deployment, where the model has several there')
  .option('--request <name>', 'a name for this request: asked again under it, it is the same rollout')
  .action((model: string, version: string, { stage, env, deployment, request }) =>
    run(async (context) => {
      const [{ requestRollout }, { planeOf }] = await Promise.all([import('./rollout.ts'), import('./plane.ts')]);
      return requestRollout({ model, version, env, deployment, request }, planeOf(stage, context.signal), context);
    }),
  );

planeVerb('list', 'list the rollouts that are not over', rolloutVerb).action(({ stage }) =>
  run(async ({ signal }) => {
    const [{ listRollouts }, { planeOf }] = await Promise.all([import('./steer-rollout.ts'), import('./plane.ts')]);
    return listRollouts(planeOf(stage, signal));
  }),
);

planeVerb('show <ID>', 'tell how a rollout stands', rolloutVerb).action((id: string, { stage }) =>
  run(async ({ signal }) => {
    const [{ showRollout }, { planeOf }] = await Promise.all([import('./steer-rollout.ts'), import('./plane.ts')]);
    return showRollout(id, planeOf(stage, signal));
  }),
);

for (const [order, description] of [
  ['pause', 'stop a rollout before its next shift'],
  ['resume', 'let a paused rollout go on'],
  ['rollback', 'send everything back to the version before'],
] as const)
  planeVerb(`${order} <ID>`, description, rolloutVerb)
    .requiredOption('--reason <text>', 'why; it is kept with your name', words)
    .action((id: string, { stage, reason }) =>
      run(async ({ signal }) => {
        const [{ steerRollout }, { planeOf }] = await Promise.all([import('./steer-rollout.ts'), import('./plane.ts')]);
        return steerRollout(order, { rollout: id, reason }, planeOf(stage, signal));
      }),
    );

planeVerb('hold', 'hold a model, an environment or everything: rollouts stop, admission says no')
  .option('--model <name>', 'the model to hold')
  .option('--version <version>', 'only this version of it')
  .option('--env <name>', 'only there; without --model, every model there')
  .option('--everything', 'every model, everywhere', false)
  .requiredOption('--reason <text>', 'why; it is kept with your name', words)
  .addOption(
    new Option('--effect <effect>', 'evict takes traffic off first').choices(['pause', 'evict']).default('pause'),
  )
  .addOption(new Option('--severity <severity>', 'page wakes people').choices(['ticket', 'page']).default('ticket'))
  .option('--expires <when>', 'ends by itself: 30m, 2h, 3d, or a time with its offset')
  .action(({ stage, ...request }) =>
    run(async ({ signal }) => {
      const [{ hold }, { planeOf }] = await Promise.all([import('./hold.ts'), import('./plane.ts')]);
      return hold(request, planeOf(stage, signal), new Date());
    }),
  );

planeVerb('lift <HOLD>', 'take a hold back')
  .requiredOption('--reason <text>', 'why; it is kept with your name', words)
  .action((id: string, { stage, reason }) =>
    run(async ({ signal }) => {
      const [{ lift }, { planeOf }] = await Promise.all([import('./lift.ts'), import('./plane.ts')]);
      return lift({ hold: id, reason }, planeOf(stage, signal), new Date());
    }),
  );

planeVerb('holds', 'list the holds that stand, the gravest first').action(({ stage }) =>
  run(async ({ signal }) => {
    const [{ holds }, { planeOf }] = await Promise.all([import('./holds.ts'), import('./plane.ts')]);
    return holds(planeOf(stage, signal), new Date());
  }),
);

planeVerb('key', 'print the public key that checks the signatures of a plane')
  .option('--out <file>', 'write it to a file instead')
  .action(({ stage, out }) =>
    run(async ({ signal }) => {
      const [{ key }, { planeOf }] = await Promise.all([import('./key.ts'), import('./plane.ts')]);
      return key({ out }, planeOf(stage, signal));
    }),
  );

planeVerb('wait', 'wait until a version is registered or refused, or until a rollout is over')
  .argument('[MODEL]')
  .argument('[VERSION]')
  .option('--attempt <id>', 'what became of this upload, as submit names it; else of the newest that the plane knows')
  .option('--rollout <id>', 'wait for a rollout instead')
  .option('--timeout <seconds>', 'how long to wait: 300 for a version, 3600 for a rollout', seconds)
  .action((model: string | undefined, version: string | undefined, { stage, attempt, rollout, timeout }) =>
    run(async (context) => {
      const [{ wait }, { planeOf }] = await Promise.all([import('./wait.ts'), import('./plane.ts')]);
      return wait(
        { model, version, attempt, rollout, timeoutSeconds: timeout },
        planeOf(stage, context.signal),
        context,
      );
    }),
  );

planeVerb('admit <MODEL> <VERSION>', 'ask whether a version may run in an environment now')
  .requiredOption('--env <name>', 'the environment')
  .option('--deployment <name>', 'the deployment whose door is asked about: what it would serve counts too')
  .option('--bundle <file>', 'write the signed verdict to this file')
  .action((model: string, version: string, { stage, env, deployment, bundle }) =>
    run(async ({ signal }) => {
      const [{ admit }, { planeOf }] = await Promise.all([import('./admit.ts'), import('./plane.ts')]);
      return admit({ model, version, environment: env, deployment, bundle }, planeOf(stage, signal));
    }),
  );

// Whoever pipes us into `head` has read enough, and that is no failure.
process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
  if (cause.code !== 'EPIPE') throw cause;
});

try {
  await program.parseAsync();
} catch (cause) {
  if (!(cause instanceof CommanderError)) throw cause;
  process.exitCode = cause.exitCode === 0 ? EXIT.yes : EXIT.usage;
  if (wantsJson && cause.exitCode !== 0)
    tellProblem(misused({ message: cause.message.replace(/^error: /, '') }), { json: true });
}
