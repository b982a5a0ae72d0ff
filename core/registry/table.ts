import type { LineageEdge } from '../lineage/contract.ts';

/**
 * The access patterns of the plane's two tables, and the keys that serve each. Holds and verdicts are read strongly
 * consistent from the table; the indexes serve lists only.
 *
 * | table    | who asks what                                  | key                                             |
 * |----------|------------------------------------------------|-------------------------------------------------|
 * | registry | one version, registered or reserved            | pk MODEL#m, sk VERSION#v                        |
 * | registry | all versions of a model                        | pk MODEL#m, sk begins VERSION#                  |
 * | registry | the head of a model                            | pk MODEL#m, sk HEAD                             |
 * | registry | all models                                     | index inverse: MODELS, by model name            |
 * | registry | where a node comes from (lineage, one hop up)  | pk NODE#n, sk begins EDGE#                      |
 * | registry | what came of a node (lineage, one hop down)    | index inverse: NODE#n, begins EDGE#             |
 * | intake   | one attempt                                    | pk VERSION#m/v, sk ATTEMPT#id                   |
 * | intake   | all attempts at a version                      | pk VERSION#m/v, sk begins ATTEMPT#              |
 * | intake   | attempts that are due for the sweeper          | index open: OPEN, dueAt <= now                  |
 * | both     | facts on their way to the bus (stream)         | pk FACT#id, sk FACT                             |
 */
export const registryKeys = {
  version: (subject: { model: string; version: string }) => ({
    pk: `MODEL#${subject.model}`,
    sk: `VERSION#${subject.version}`,
  }),
  versionsOf: (model: string) => ({ pk: `MODEL#${model}`, begins: 'VERSION#' }),
  head: (model: string) => ({ pk: `MODEL#${model}`, sk: 'HEAD', inversePk: MODELS, inverseSk: model }),
  edge: ({ from, relation, to }: LineageEdge) => ({
    pk: `NODE#${from}`,
    sk: `EDGE#${relation}#${to}`,
    inversePk: `NODE#${to}`,
    inverseSk: `EDGE#${relation}#${from}`,
  }),
  edgesOf: (node: string) => ({ pk: `NODE#${node}`, begins: 'EDGE#' }),
} as const;

export const MODELS = 'MODELS';
