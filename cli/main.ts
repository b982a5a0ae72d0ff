import { CommanderError } from 'commander';
import { EXIT, misused } from './outcome.ts';
import { program, wantsJson } from './program.ts';
import { tellProblem } from './run-verb.ts';
import './verbs/version-verbs.ts';
import './verbs/rollout-verbs.ts';
import './verbs/hold-verbs.ts';
import './verbs/key-verbs.ts';
import './verbs/audit-verbs.ts';

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
