import { planeVerb, run, seconds, several, verb } from '../program.ts';

verb('init <DIR>', 'write a manifest that says what the folder tells and marks what is left to fill in')
  .option('--model <name>', 'the name of the model')
  .option('--version <version>', 'the version that the folder holds')
  .option('--owner <team>', 'the team that answers for the model')
  .option('--force', 'write over a manifest that stands already', false)
  .action((dir: string, options) =>
    run(async (context) => (await import('../init.ts')).init({ dir, ...options }, context)),
  );

verb('check <DIR>', 'tell what intake would say, without uploading anything')
  .option('--stage-file <file>', 'the configuration of the stage: its limits and thresholds')
  .action((dir: string, { stageFile }) =>
    run(async (context) => {
      const { readStageRules } = await import('../stage-rules.ts');
      const rules = await readStageRules(stageFile);
      return (await import('../check.ts')).check({ dir, rules }, context);
    }),
  );

verb('scan <PATH...>', 'tell whether loading model files is safe; asks nobody, runs nothing')
  .option('--sarif <file>', 'also write the findings for a code-scanning service (SARIF 2.1.0)')
  .option('--allow <module.Name>', 'a name that pickles may use besides; may be repeated', several)
  .action((paths: string[], { sarif, allow }) =>
    run(async (context) => (await import('../scan/scan.ts')).scan({ paths, sarif, allow }, context)),
  );

verb('verify <DIR>', 'tell whether the files are those that were signed; asks nobody')
  .option('--key <PEM>', 'file with the public key')
  .option('--keys <file>', 'the key set of a plane instead, as clearance keys keeps it')
  .option('--expired-keys', 'take a key set that has expired, and whatever was revoked since', false)
  .option('--bundle <file>', 'the signature, if it is not model.sig in the folder')
  .option('--attestation <file>', 'also whether this is attested about the files; may be repeated', several)
  .option('--verdict <file>', 'also whether this verdict, as admit --bundle wrote it, opens the door now')
  .option('--env <name>', 'the environment of that door')
  .option('--deployment <name>', 'the deployment whose door it is; a verdict opens no other')
  .action((dir: string, { verdict, env, deployment, attestation, ...options }) =>
    run(async (context) => {
      const [{ verify }, { doorOf }] = await Promise.all([import('../verify.ts'), import('../check-verdict.ts')]);
      const door = doorOf({ verdict, environment: env, deployment });
      return verify({ dir, ...options, attestations: attestation, door }, context);
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
        import('../submit.ts'),
        import('../plane.ts'),
        import('../s3-model-bucket.ts'),
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
    const [{ status }, { planeOf }] = await Promise.all([import('../status.ts'), import('../plane.ts')]);
    return status({ model, version }, planeOf(stage, signal));
  }),
);

planeVerb('list [MODEL]', 'list the registered models, or the versions of one').action(
  (model: string | undefined, { stage }) =>
    run(async ({ signal }) => {
      const [{ listModels, listVersions }, { planeOf }] = await Promise.all([
        import('../list.ts'),
        import('../plane.ts'),
      ]);
      const plane = planeOf(stage, signal);
      return model === undefined ? listModels(plane) : listVersions(model, plane);
    }),
);

planeVerb('pull <MODEL> <VERSION> <DIR>', 'download a registered version into a new folder, if it is what was signed')
  .option('--key <PEM>', 'file with the public key to check with, instead of the keys that the plane gives')
  .option('--keys <file>', 'the key set to check with, as clearance keys keeps it')
  .action((model: string, version: string, dir: string, { stage, key, keys }) =>
    run(async (context) => {
      const [{ pull }, { planeOf }, { s3ModelBucket }] = await Promise.all([
        import('../pull.ts'),
        import('../plane.ts'),
        import('../s3-model-bucket.ts'),
      ]);
      const bucket = (name: string) => s3ModelBucket(name, context.signal);
      return pull({ model, version, dir, key, keys }, { plane: planeOf(stage, context.signal), bucket }, context);
    }),
  );

planeVerb('attestations <MODEL> <VERSION>', 'tell what the plane attests about a version: scan, gates, provenance')
  .option('--out <folder>', 'keep them here, for verify --attestation and for cosign')
  .option('--key <PEM>', 'file with the public key to check with, instead of the keys that the plane gives')
  .option('--keys <file>', 'the key set to check with, as clearance keys keeps it')
  .action((model: string, version: string, { stage, out, key, keys }) =>
    run(async ({ signal }) => {
      const [{ attestations }, { planeOf }, { s3ModelBucket }] = await Promise.all([
        import('../attestations.ts'),
        import('../plane.ts'),
        import('../s3-model-bucket.ts'),
      ]);
      const bucket = (name: string) => s3ModelBucket(name, signal);
      return attestations({ model, version, out, key, keys }, { plane: planeOf(stage, signal), bucket });
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
      const [{ wait }, { planeOf }] = await Promise.all([import('../wait.ts'), import('../plane.ts')]);
      return wait(
        { model, version, attempt, rollout, timeoutSeconds: timeout },
        planeOf(stage, context.signal),
        context,
      );
    }),
  );
