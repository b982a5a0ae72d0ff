import { Command, InvalidArgumentError } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { runVerb, type Verb } from './run-verb.ts';

export const wantsJson = process.argv.includes('--json');
export const run = (verb: Verb): Promise<void> => runVerb(verb, { json: wantsJson });

export const seconds = (value: string): number => {
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0)
    throw new InvalidArgumentError('A number of seconds above 0 is allowed.');
  return number;
};

export const words = (value: string): string => {
  if (value.trim() === '') throw new InvalidArgumentError('A few words are asked for.');
  return value;
};

/** An option that may be repeated. */
export const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export const program = new Command('clearance')
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

export const verb = (usage: string, description: string, of: Command = program): Command =>
  of
    .command(usage)
    .description(description)
    .option('--json', 'one JSON document on stdout, and nothing else')
    .allowExcessArguments(false);

export const planeVerb = (usage: string, description: string, of?: Command): Command =>
  verb(usage, description, of).option('--stage <name>', 'which plane to ask', process.env.CLEARANCE_STAGE || 'dev');
