import { eventOf, summarised } from './inference-lines.ts';
import { seeded } from './simulated-traffic.ts';

/** In a process of its own, since what ran before would count: `node bench/capture-memory.ts BYTES MINUTES`. */
const [bytes = 0, minutes = 0] = process.argv.slice(2).map(Number);

/** Every event is another one, as in a real file: repeating a block would fill fewer bins. */
async function* largeFile(): AsyncGenerator<Uint8Array> {
  const random = seeded(minutes);
  for (let written = 0; written < bytes; ) {
    const block = Array.from({ length: 200 }, (_, index) => `${JSON.stringify(eventOf(random, index, minutes))}\n`);
    const chunk = Buffer.from(block.join(''));
    written += chunk.length;
    yield chunk;
  }
}

const before = process.memoryUsage().rss;
let peak = before;
async function* watched(): AsyncGenerator<Uint8Array> {
  for await (const chunk of largeFile()) {
    peak = Math.max(peak, process.memoryUsage().rss);
    yield chunk;
  }
}
console.log(JSON.stringify({ ...(await summarised(watched())), before, peak }));
