/**
 * Access patterns of the verification table, read strongly consistent.
 *
 * | who asks what                                  | key                                    |
 * |------------------------------------------------|----------------------------------------|
 * | how every version stood when last looked at    | pk VERSIONS (one query)                |
 * | how one did                                    | pk VERSIONS, sk model/version          |
 * | how the versions of a model did                | pk VERSIONS, sk begins model/          |
 *
 * One partition, since every run wants all of them, and each is written once or twice in a run. A mark is text, swapped
 * on its `revision`. Facts leave by the outbox of holds, before the mark that they lead to: their ids are made of the
 * mark that they follow from.
 */
export const verificationKeys = {
  mark: ({ model, version }: { model: string; version: string }) => ({ pk: 'VERSIONS', sk: `${model}/${version}` }),
  marks: { pk: 'VERSIONS' },
  marksOf: (model: string) => ({ pk: 'VERSIONS', begins: `${model}/` }),
} as const;
