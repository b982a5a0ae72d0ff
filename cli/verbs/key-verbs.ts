import { planeVerb, run } from '../program.ts';

planeVerb('key', 'print the public key that checks the signatures of a plane')
  .option('--out <file>', 'write it to a file instead')
  .action(({ stage, out }) =>
    run(async ({ signal }) => {
      const [{ key }, { planeOf }] = await Promise.all([import('../key.ts'), import('../plane.ts')]);
      return key({ out }, planeOf(stage, signal));
    }),
  );

planeVerb('keys', 'print all keys of a plane and which of them count, and keep them for verify --keys')
  .option('--out <file>', 'keep the set here; one that stands here already has to be the one before')
  .option('--from <file>', 'take a copy of the set from here instead of asking the plane')
  .option('--root <id>', 'believe only a set that this key sealed: the stack output KeySetRootKeyId')
  .action(({ stage, out, from, root }) =>
    run(async ({ signal }) => {
      const [{ keys }, { planeOf }, { s3ModelBucket }] = await Promise.all([
        import('../keys.ts'),
        import('../plane.ts'),
        import('../s3-model-bucket.ts'),
      ]);
      const bucket = (name: string) => s3ModelBucket(name, signal);
      return keys({ out, from, root }, { plane: planeOf(stage, signal), bucket, now: () => new Date() });
    }),
  );
