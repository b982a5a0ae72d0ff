import { program, run, several, verb } from '../program.ts';

const audit = program.command('audit').description('the audit log: verify it, without asking anybody');

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
