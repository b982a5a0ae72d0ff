import { Command, CommanderError, InvalidArgumentError } from 'commander';
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

const program = new Command('clearance')
  .description('Model governance on AWS: a version is registered and signed, or refused with every reason.')
  .version(packageJson.version, '-V, --clearance-version', 'print the version of this command')
  .helpCommand(false)
  .enablePositionalOptions()
  .showHelpAfterError('(--help tells how it is called)')
  .addHelpText('after', '\nExit codes: 0 yes, 1 no, 2 wrong call, 3 could not tell (network, permissions, time).')
  .configureOutput({ writeErr: (text) => wantsJson || process.stderr.write(text) })
  .exitOverride();

const verb = (usage: string, description: string): Command =>
  program
    .command(usage)
    .description(description)
    .option('--json', 'one JSON document on stdout, and nothing else')
    .allowExcessArguments(false);

const planeVerb = (usage: string, description: string): Command =>
  verb(usage, description).option('--stage <name>', 'which plane to ask', process.env.CLEARANCE_STAGE || 'dev');

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
  .action((dir: string, options) =>
    run(async (context) => (await import('./verify.ts')).verify({ dir, ...options }, context)),
  );

try {
  await program.parseAsync();
} catch (cause) {
  if (!(cause instanceof CommanderError)) throw cause;
  process.exitCode = cause.exitCode === 0 ? EXIT.yes : EXIT.usage;
  if (wantsJson && cause.exitCode !== 0)
    tellProblem(misused({ message: cause.message.replace(/^error: /, '') }), { json: true });
}
