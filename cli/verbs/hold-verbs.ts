import { Option } from 'commander';
import { planeVerb, run, words } from '../program.ts';

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
      const [{ hold }, { planeOf }] = await Promise.all([import('../hold.ts'), import('../plane.ts')]);
      return hold(request, planeOf(stage, signal), new Date());
    }),
  );

planeVerb('lift <HOLD>', 'take a hold back')
  .requiredOption('--reason <text>', 'why; it is kept with your name', words)
  .action((id: string, { stage, reason }) =>
    run(async ({ signal }) => {
      const [{ lift }, { planeOf }] = await Promise.all([import('../lift.ts'), import('../plane.ts')]);
      return lift({ hold: id, reason }, planeOf(stage, signal), new Date());
    }),
  );

planeVerb('holds', 'list the holds that stand, the gravest first').action(({ stage }) =>
  run(async ({ signal }) => {
    const [{ holds }, { planeOf }] = await Promise.all([import('../holds.ts'), import('../plane.ts')]);
    return holds(planeOf(stage, signal), new Date());
  }),
);
