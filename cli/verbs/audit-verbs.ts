import { InvalidArgumentError } from 'commander';
import { planeVerb, program, run, several, verb } from '../program.ts';

const audit = program.command('audit').description('the audit log: verify, prove, export, compare with the registry');

verb('verify <LOG>', 'tell whether a log, or the proof of a fact, is what the holder of its key signed', audit)
  .requiredOption('--key <KEY>', "the log's key, or the file that holds it")
  .option('--checkpoint <file>', 'a checkpoint kept earlier, which the log has to begin with; may be repeated', several)
  .option('--keep <file>', 'the same, and then the newest checkpoint is written there for the next time')
  .option('--copy <place>', 'the independent copy, whose checkpoint the log has to begin with')
  .option('--proof <file>', 'a proof that the log has to bear out; may be repeated', several)
  .action((place: string, { key, checkpoint, keep, copy, proof }) =>
    run(async (context) => {
      const { verifyAudit } = await import('../audit/verify-audit.ts');
      return verifyAudit({ place, key, checkpoints: checkpoint, keep, copy, proofs: proof }, context);
    }),
  );

const PLACE = 'a folder, https://… or s3://… instead of the log of the stage';
const KEY = "the log's key, instead of what the log says that it is";

planeVerb('prove <FACT>', 'write one file that proves that a fact is in the log', audit)
  .option('--out <file>', 'write the proof to a file instead of the terminal')
  .option('--log <place>', PLACE)
  .option('--key <KEY>', KEY)
  .action((fact: string, { stage, out, log, key }) =>
    run(async (context) => {
      const [{ proveFact }, { planeOf }] = await Promise.all([import('../audit/prove-fact.ts'), import('../plane.ts')]);
      return proveFact({ fact, out, log, key }, planeOf(stage, context.signal), context);
    }),
  );

/** A day is its first moment; times are UTC. */
const moment = (value: string): string => {
  const at = new Date(/^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value}T00:00:00Z` : value);
  if (/^\d{4}-\d{2}-\d{2}(?:T.+(?:Z|[+-]\d{2}:\d{2}))?$/.test(value) && !Number.isNaN(at.getTime()))
    return at.toISOString();
  throw new InvalidArgumentError('Allowed: a day, 2026-11-24, or a time with its offset, 2026-11-24T12:00:00Z.');
};

planeVerb('export', 'print the facts of a period, each with its proof, as JSON Lines', audit)
  .option('--out <file>', 'write them to a file instead')
  .option('--from <when>', 'logged then or later', moment)
  .option('--to <when>', 'logged before', moment)
  .option('--log <place>', PLACE)
  .option('--key <KEY>', KEY)
  .action(({ stage, out, from, to, log, key }) =>
    run(async (context) => {
      const [{ exportLog }, { planeOf }] = await Promise.all([import('../audit/export-log.ts'), import('../plane.ts')]);
      return exportLog({ out, from, to, log, key }, planeOf(stage, context.signal), context);
    }),
  );

planeVerb('complete', 'tell whether the registry and the log know of the same versions', audit)
  .option('--log <place>', PLACE)
  .option('--key <KEY>', KEY)
  .action(({ stage, log, key }) =>
    run(async (context) => {
      const [{ completeLog }, { planeOf }] = await Promise.all([
        import('../audit/complete-log.ts'),
        import('../plane.ts'),
      ]);
      return completeLog({ log, key }, { plane: planeOf(stage, context.signal), now: () => new Date() }, context);
    }),
  );
