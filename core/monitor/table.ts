import type { Stream } from '../telemetry/contract.ts';

/**
 * Access patterns of the monitor table, all read strongly consistent.
 *
 * | who asks what                                  | key                                              |
 * |------------------------------------------------|--------------------------------------------------|
 * | how one stream stood at its last check         | pk MODEL#m, sk STREAM#version#deployment         |
 * | how all streams of a model stand               | pk MODEL#m, sk begins STREAM#                    |
 * | whose checks fail, and since when              | pk MODEL#m, sk FAILING#version#deployment        |
 * | facts on their way to the bus (stream)         | pk FACT#id, sk FACT                              |
 *
 * A mark is swapped on `checkedAt`, which only rises: of two runs the one that was due later is the one that counts. Its
 * fact is written with it. FAILING is written once, with its fact, and over as soon as there is a later mark.
 */
export const monitorKeys = {
  mark: ({ model, version, deployment }: Stream) => ({ pk: `MODEL#${model}`, sk: `STREAM#${version}#${deployment}` }),
  failing: ({ model, version, deployment }: Stream) => ({
    pk: `MODEL#${model}`,
    sk: `FAILING#${version}#${deployment}`,
  }),
  marksOf: (model: string) => ({ pk: `MODEL#${model}`, begins: 'STREAM#' }),
  failuresOf: (model: string) => ({ pk: `MODEL#${model}`, begins: 'FAILING#' }),
} as const;
