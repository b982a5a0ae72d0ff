import type { ModelBucket } from './model-bucket.ts';
import type { Plane } from './plane.ts';

export type PlanePorts = {
  readonly plane: Plane;
  readonly bucket: (name: string) => Promise<Pick<ModelBucket, 'find'>>;
};

/** Reads key sets by their names; undefined where there is none. */
export type KeySetSource = (name: string) => Promise<string | undefined>;

export const planeSource = ({ plane, bucket }: PlanePorts): KeySetSource => {
  const opened = plane.address().then(({ modelBucket }) => bucket(modelBucket));
  opened.catch(() => {});
  return async (name) => {
    const found = await (await opened).find(name);
    return typeof found === 'string' ? undefined : found.text;
  };
};
