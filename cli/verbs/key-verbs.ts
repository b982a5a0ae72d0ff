import { planeVerb, run } from '../program.ts';

planeVerb('key', 'print the public key that checks the signatures of a plane')
  .option('--out <file>', 'write it to a file instead')
  .action(({ stage, out }) =>
    run(async ({ signal }) => {
      const [{ key }, { planeOf }] = await Promise.all([import('../key.ts'), import('../plane.ts')]);
      return key({ out }, planeOf(stage, signal));
    }),
  );
