/**
 * Access patterns of the hold table. All open holds share a partition with the list's revision: every reader wants all
 * of them, strongly consistent, and a transaction elsewhere can demand that the list is still the one it has read
 * (condition check `revision = :read` on the list item). Writes meet on that item, which is fine for holds and nothing
 * else: there are few, and they are rare.
 *
 * | who asks what                                      | key                                        |
 * |----------------------------------------------------|--------------------------------------------|
 * | every open hold, and the revision of the list      | pk HOLDS (one query, strongly consistent)  |
 * | one hold, lifted ones too                          | pk HOLD#id, sk HOLD                        |
 * | facts on their way to the bus (stream)             | pk FACT#id, sk FACT                        |
 *
 * The list item is written once, when the table is made. Without it there is no list, and no list is not an empty one.
 * A hold is one attribute, `hold`, of its item, since the copies in the list carry the table's time to live beside it if
 * they expire: `expiresAt`, in seconds.
 */
export const holdKeys = {
  list: { pk: 'HOLDS', sk: 'LIST' },
  open: (id: string) => ({ pk: 'HOLDS', sk: `OPEN#${id}` }),
  hold: (id: string) => ({ pk: `HOLD#${id}`, sk: 'HOLD' }),
} as const;

/** What people on call were told of a hold, one item for each fact: a table of its own, since its writer writes no hold. */
export const toldKeys = {
  toldOf: (hold: string) => ({ pk: `HOLD#${hold}`, begins: 'TOLD#' }),
  told: (hold: string, fact: string) => ({ pk: `HOLD#${hold}`, sk: `TOLD#${fact}` }),
} as const;

/** More open holds than this cannot be read in one go, and mean that something places them in a loop. */
export const MAX_OPEN_HOLDS = 1000;
