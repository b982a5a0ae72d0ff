import { parentPort, workerData } from 'node:worker_threads';
import { type Campaign, campaign } from './campaign.ts';

/** Length and bytes of the input that is being tried, shared with whoever watches. */
export type WorkerData = {
  readonly wanted: Campaign;
  readonly lengths: SharedArrayBuffer;
  readonly bytes: SharedArrayBuffer;
};

const { wanted, lengths, bytes } = workerData as WorkerData;
const [shownLength, shown] = [new Int32Array(lengths), new Uint8Array(bytes)];

const outcome = await campaign(wanted, (input) => {
  shown.set(input);
  Atomics.store(shownLength, 0, input.length);
  Atomics.add(shownLength, 1, 1);
});
parentPort?.postMessage(outcome);
