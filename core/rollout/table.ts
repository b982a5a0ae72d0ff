/**
 * Access patterns of the rollout table. Records are read strongly consistent; the index serves the reconciler and lists.
 *
 * | who asks what                                     | key                                              |
 * |---------------------------------------------------|--------------------------------------------------|
 * | one rollout                                       | pk ROLLOUT#id, sk ROLLOUT                        |
 * | who has a target                                  | pk TARGET#deployment, sk ACTIVE                  |
 * | all rollouts of a deployment, by time             | pk TARGET#deployment, sk begins ROLLOUT#         |
 * | rollouts that are not over                        | index open: OPEN, by requestedAt                 |
 * | facts on their way to the bus (stream)            | pk FACT#id, sk FACT                              |
 *
 * `open` is one transaction: the record, which may not be there yet, ACTIVE, which may not name a rollout, the pointer by
 * time, the fact; for a record that is over from the start, without ACTIVE. `swap` is one too: the record on its revision,
 * the fact, ACTIVE freed (its `rollout` removed) if the record is over and, for a step forward, a check on the list of
 * holds (`holdKeys.list`, in its own table): `revision = :read`.
 */
export const rolloutKeys = {
  rollout: (id: string) => ({ pk: `ROLLOUT#${id}`, sk: 'ROLLOUT' }),
  active: (deployment: string) => ({ pk: `TARGET#${deployment}`, sk: 'ACTIVE' }),
  pointer: ({ deployment, requestedAt, id }: { deployment: string; requestedAt: string; id: string }) => ({
    pk: `TARGET#${deployment}`,
    sk: `ROLLOUT#${requestedAt}#${id}`,
  }),
  of: (deployment: string) => ({ pk: `TARGET#${deployment}`, begins: 'ROLLOUT#' }),
} as const;

/** Partition of the sparse index `open`. */
export const OPEN = 'OPEN';
