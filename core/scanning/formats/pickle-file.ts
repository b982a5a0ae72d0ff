import { type ByteSource, bufferSource } from '../byte-source.ts';
import { type ByteStream, streamOf } from '../byte-stream.ts';
import { startsWith } from '../bytes.ts';
import { probePickle, scanStream } from '../pickle/scan-pickle.ts';
import { limit, type Scan } from '../scan.ts';

/** torch.save before 1.6 begins with a pickle of this number: PROTO 2, LONG1 0x1950a86a20f9469cfc6c, STOP. */
const TORCH_MAGIC = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];
/** Magic, protocol, system, the object, the storage keys; then raw storages. */
const TORCH_PICKLES = 5;

const MAX_PICKLES = 10_000;

type Where = { readonly member: string | undefined; readonly depth?: number };

/** One pickle after another to the end of the content, as repeated `load` calls would read them. */
const scanAll = async (scan: Scan, stream: ByteStream, where: Where): Promise<{ ambiguous: boolean }> => {
  const { member, depth = 0 } = where;
  if (depth > scan.limits.depth) throw limit('depth', scan.limits);
  const scanEmbedded = async (content: Uint8Array): Promise<void> => {
    await scanPickles(scan, pickleStream(bufferSource(content)), { ...where, depth: depth + 1 });
  };
  await stream.fill(TORCH_MAGIC.length);
  const torch = startsWith(stream.window, TORCH_MAGIC);
  let ambiguous = false;
  for (let pickles = 1; ; pickles += 1) {
    const result = await scanStream(stream, { scan, member, joblib: !torch, scanEmbedded });
    ambiguous ||= result.ambiguous;
    if (!result.complete || (torch && pickles === TORCH_PICKLES)) break;
    await stream.fill(1);
    if (stream.window.length === 0) break;
    if (pickles === MAX_PICKLES) throw limit('members', scan.limits);
  }
  return { ambiguous };
};

/** @param open a stream from the start of the content, a new one each time */
export const scanPickles = async (scan: Scan, open: () => ByteStream, where: Where): Promise<string> => {
  const stream = open();
  await stream.fill(TORCH_MAGIC.length);
  const format = startsWith(stream.window, TORCH_MAGIC) ? 'torch-legacy' : 'pickle';
  const { ambiguous } = await scanAll(scan, stream, where);
  // Without the padding byte, a plain unpickler reads the bytes of an array as opcodes: see what it would do.
  if (ambiguous) await reportPolyglot(scan, open(), where);
  return format;
};

/** Whatever the content is: would an unpickler that is pointed at it run something? */
export const reportPolyglot = async (scan: Scan, stream: ByteStream, { member }: Where): Promise<boolean> => {
  const { acted, complete, what } = await probePickle(stream, scan);
  if (acted) scan.report('pickle.polyglot', { what: `read as a pickle it ${what ?? 'acts'}`, member });
  return acted || complete;
};

export const pickleStream = (source: ByteSource) => (): ByteStream => streamOf(source, 0, { inPlace: true });
