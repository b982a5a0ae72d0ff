import type { ModelBucket } from '../../cli/model-bucket.ts';
import { s3ModelBucket } from '../../cli/s3-model-bucket.ts';
import { submit } from '../../cli/submit.ts';

/**
 * `clearance submit` as a process of its own, to a bucket that takes no more than a MiB in one piece. When `dieAfter`
 * parts have arrived it is gone without a word, as by kill -9, and the others have not.
 */
const MiB = 1024 ** 2;
const [dir = '', bucketName = '', model = '', version = '', dieAfter = ''] = process.argv.slice(2);

const neverArrives = new Promise<never>(() => {});

const dying = (bucket: ModelBucket, after: number): ModelBucket => {
  let arrived = 0;
  return {
    ...bucket,
    inParts: async (upload) => {
      const parts = await bucket.inParts(upload);
      return {
        ...parts,
        send: async (part, onBytes) => {
          if (part > after) return neverArrives;
          await parts.send(part, onBytes);
          arrived += 1;
          if (arrived === after) process.kill(process.pid, 'SIGKILL');
        },
      };
    },
  };
};

const { signal } = new AbortController();
const open = async (): Promise<ModelBucket> => {
  const bucket = await s3ModelBucket(bucketName, signal, { largest: MiB, part: MiB });
  return dieAfter === '' ? bucket : dying(bucket, Number(dieAfter));
};
const request = { dir, model, version, wait: true, timeoutSeconds: 60, check: true };
const { document, exitCode } = await submit(request, { bucket: open }, { signal, progress: () => {} });
process.stdout.write(JSON.stringify(document));
process.exitCode = exitCode;
