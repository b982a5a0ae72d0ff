import { z } from 'zod';
import { Hold } from '../hold/contract.ts';
import { Stream } from '../telemetry/contract.ts';
import { CheckName, CheckReport, StepFailure, StreamMark } from './contract.ts';

/** How one version of a model stands in one deployment. */
export const StreamHealth = z.object({
  stream: Stream,
  /** Null until a check got through. */
  mark: StreamMark.nullable(),
  /** The last window that was checked; null until there is one. */
  report: CheckReport.nullable(),
  /** Since when what cannot be judged, if so. */
  failing: z.object({ since: z.string(), checks: z.array(CheckName), failure: StepFailure }).nullable(),
});
export type StreamHealth = z.infer<typeof StreamHealth>;

/** Of all deployments and versions whose traffic was checked, the one checked last first. */
export const ModelHealth = z.object({ model: z.string(), streams: z.array(StreamHealth), holds: z.array(Hold) });
export type ModelHealth = z.infer<typeof ModelHealth>;

export const monitorApi = {
  drift: { method: 'GET', path: '/v1/models/{model}/drift', response: ModelHealth },
} as const;
