import { planeVerb, run, words } from '../program.ts';

planeVerb('admit <MODEL> <VERSION>', 'ask whether a version may run in an environment now')
  .requiredOption('--env <name>', 'the environment')
  .option('--deployment <name>', 'the deployment whose door is asked about: what it would serve counts too')
  .option('--bundle <file>', 'write the signed verdict to this file')
  .action((model: string, version: string, { stage, env, deployment, bundle }) =>
    run(async ({ signal }) => {
      const [{ admit }, { planeOf }] = await Promise.all([import('../admit.ts'), import('../plane.ts')]);
      return admit({ model, version, environment: env, deployment, bundle }, planeOf(stage, signal));
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
      const [{ requestRollout }, { planeOf }] = await Promise.all([import('../rollout.ts'), import('../plane.ts')]);
      return requestRollout({ model, version, env, deployment, request }, planeOf(stage, context.signal), context);
    }),
  );

planeVerb('list', 'list the rollouts that are not over', rolloutVerb).action(({ stage }) =>
  run(async ({ signal }) => {
    const [{ listRollouts }, { planeOf }] = await Promise.all([import('../steer-rollout.ts'), import('../plane.ts')]);
    return listRollouts(planeOf(stage, signal));
  }),
);

planeVerb('show <ID>', 'tell how a rollout stands', rolloutVerb).action((id: string, { stage }) =>
  run(async ({ signal }) => {
    const [{ showRollout }, { planeOf }] = await Promise.all([import('../steer-rollout.ts'), import('../plane.ts')]);
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
        const [{ steerRollout }, { planeOf }] = await Promise.all([
          import('../steer-rollout.ts'),
          import('../plane.ts'),
        ]);
        return steerRollout(order, { rollout: id, reason }, planeOf(stage, signal));
      }),
    );

planeVerb(
  'drift <MODEL>',
  'tell how a deployed model stands after its last check: drift, schema, error budgets',
).action((model: string, { stage }) =>
  run(async ({ signal }) => {
    const [{ drift }, { planeOf }] = await Promise.all([import('../drift.ts'), import('../plane.ts')]);
    return drift(model, planeOf(stage, signal));
  }),
);
