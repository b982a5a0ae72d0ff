import { intake } from '../../core/intake/contract.ts';
import { publishVersion } from '../../core/intake/publish-version.ts';
import { readEnv } from '../platform/read-env.ts';
import { s3Evidence } from '../platform/s3-evidence.adapter.ts';
import { s3Marks } from '../platform/s3-marks.adapter.ts';
import { systemClock } from '../platform/system-clock.ts';
import { task } from '../platform/task.ts';
import { s3Bundles } from './s3-answers.adapter.ts';

const contract = intake.tasks.publishVersion;
const env = readEnv(contract);

export const handler = task(
  contract,
  publishVersion({
    evidence: s3Evidence(env.EVIDENCE_BUCKET),
    marks: s3Marks,
    bundles: s3Bundles,
    // Asked for only where another signature stands than ours.
    trust: async () => {
      const { publishedKeys } = await import('../platform/published-keys.ts');
      return publishedKeys({ bucket: env.MODEL_BUCKET, rootKeyArn: env.KEY_SET_KEY_ARN }, systemClock)();
    },
  }),
);
