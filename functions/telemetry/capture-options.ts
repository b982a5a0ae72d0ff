import type { CaptureLimits } from '../../core/telemetry/contract.ts';
import type { SummariseOptions } from '../../core/telemetry/summarise.ts';
import type { RegisteredManifests } from '../platform/registered-manifests.adapter.ts';

type Places = { manifests: RegisteredManifests; hashKey: () => Promise<Uint8Array>; limits: CaptureLimits };

/** What counting has to know: the features that registered versions declare, and the key for personal categories. */
export const captureOptions =
  ({ manifests, hashKey, limits }: Places): (() => Promise<SummariseOptions>) =>
  async () => ({
    featuresOf: async (subject) => {
      const manifest = await manifests.find(subject);
      return manifest === undefined ? undefined : (manifest.features ?? []);
    },
    hashKey: await hashKey(),
    limits,
  });
