/** Keys of the intake table; the access patterns stand in `registry/table.ts`. */
export const intakeKeys = {
  attempt: ({ model, version, id }: { model: string; version: string; id: string }) => ({
    pk: `VERSION#${model}/${version}`,
    sk: `ATTEMPT#${id}`,
  }),
  attemptsAt: ({ model, version }: { model: string; version: string }) => ({
    pk: `VERSION#${model}/${version}`,
    begins: 'ATTEMPT#',
  }),
} as const;

/** Partition of the sparse index `open`, which holds only attempts that somebody still has to finish. */
export const OPEN = 'OPEN';
