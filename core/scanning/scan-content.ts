import { bufferSource, withHead } from './byte-source.ts';
import type { ByteStream } from './byte-stream.ts';
import { startsWith } from './bytes.ts';
import type { Content } from './content.ts';
import { isCatboost, scanCatboost } from './formats/catboost.ts';
import { isJpeg, isParquet, isPng, scanJpeg, scanParquet, scanPng } from './formats/data-files.ts';
import { isNpy, scanNpy } from './formats/npy.ts';
import { looksLikeOnnx, scanOnnx } from './formats/onnx.ts';
import { pickleStream, reportPolyglot, scanPickles } from './formats/pickle-file.ts';
import { headerLength, isBrokenSafetensors, scanSafetensors } from './formats/safetensors.ts';
import { isTar, scanTar } from './formats/tar.ts';
import { isFingerprint } from './formats/tensorflow-files.ts';
import { isWord2vec } from './formats/word2vec.ts';
import { isXgboostLegacy, isXgboostUbjson, scanXgboostUbjson } from './formats/xgboost.ts';
import { isHdf5, superblockBehind } from './hdf5/signature.ts';
import { isGguf, isGzip, isPickleHead, isZlib, knownFormat } from './identify.ts';
import { inflatedStream, type Packing } from './inflated-stream.ts';
import { type Packed, packedFormat, unpacked } from './packed/unpack.ts';
import { probePickle } from './pickle/scan-pickle.ts';
import { limit, type Scan } from './scan.ts';
import { type EndRecord, readEndRecord } from './zip/end-record.ts';
import { scanZip } from './zip/scan-zip.ts';

const HEAD = 64 * 1024;
const ZIP_HEAD = [0x50, 0x4b];

/** Compressed content small enough to hold is looked at like any other; beyond that only a pickle can be followed. */
const scanPacked = async (scan: Scan, content: Content, packing: Packing): Promise<string> => {
  const { member } = content;
  const open = (): ByteStream => inflatedStream(scan, content.source, packing, member);
  const stream = open();
  await stream.fill(scan.limits.heldBytes + 1);
  if (stream.window.length <= scan.limits.heldBytes) {
    const source = bufferSource(stream.window);
    const name = content.name.replace(/\.(?:gz|z)$/i, '');
    return `${packing}+${await scanContent(scan, { ...content, source, name, depth: content.depth + 1 })}`;
  }
  if (!isPickleHead(stream.window)) throw limit('heldBytes', scan.limits);
  return `${packing}+${await scanPickles(scan, open, { member })}`;
};

/** Compressions that are unpacked as a whole, or not at all. */
const scanUnpacked = async (scan: Scan, content: Content, packed: Packed): Promise<string> => {
  const bytes = await unpacked(scan, { source: content.source, packed, member: content.member });
  const inner = { ...content, source: bufferSource(bytes), depth: content.depth + 1 };
  return `${packed.format}+${await scanContent(scan, inner)}`;
};

// What few files need is loaded with the first of them: the start of a command, and of a function, is part of its time.
const scanHdf5 = async (scan: Scan, content: Content, at?: number): Promise<void> =>
  (await import('./hdf5/scan-hdf5.ts')).scanHdf5(scan, content, at);
const scanTensorflow = async (scan: Scan, content: Content, head: Uint8Array): Promise<string | undefined> =>
  (await import('./formats/tensorflow.ts')).scanTensorflow(scan, content, head);

/** Formats with a magic that one scanner reads to the end. */
const scanByMagic = async (scan: Scan, content: Content, head: Uint8Array): Promise<string | undefined> => {
  const { source, member } = content;
  const whole: readonly [string, boolean, () => Promise<unknown>][] = [
    ['gguf', isGguf(head), async () => (await import('./formats/gguf.ts')).scanGguf(scan, content)],
    ['hdf5', isHdf5(head), () => scanHdf5(scan, content)],
    ['xgboost', isXgboostUbjson(head), () => scanXgboostUbjson(scan, source)],
    ['catboost', isCatboost(head), () => scanCatboost(scan, source, member)],
    ['npy', isNpy(head), () => scanNpy(scan, source, member)],
    ['png', isPng(head), () => scanPng(scan, source)],
    ['jpeg', isJpeg(head), () => scanJpeg(source)],
    ['parquet', isParquet(head), () => scanParquet(source)],
  ];
  for (const [format, found, run] of whole) {
    if (!found) continue;
    await scan.attempt(run, member);
    return format;
  }
  const length = headerLength(head, source.size);
  if (length === undefined && !isBrokenSafetensors(head)) return undefined;
  await scan.attempt(() => scanSafetensors(scan, source, { length, member }), member);
  return 'safetensors';
};

/** Such names are opened with an unpickler, whatever the content looks like. */
const PICKLE_NAME = /\.(?:pkl|pickle|joblib|pt|pth|ckpt)$/i;

/** Formats without a magic: pickles of the text protocols, ONNX, text; then what is merely known. */
const scanByStructure = async (scan: Scan, content: Content, head: Uint8Array): Promise<string> => {
  const { source, name, member } = content;
  const probe = await probePickle(pickleStream(source)(), scan);
  if (probe.complete || probe.acted) return scanPickles(scan, pickleStream(source), { member });
  // One in thirty of them could be a zlib stream by its first two bytes.
  if (await isFingerprint(scan, head, source)) return 'tensorflow-fingerprint';
  if (isZlib(head)) {
    const packed = await scan.attempt(() => scanPacked(scan, content, 'zlib'), member);
    return packed ?? 'zlib';
  }
  if (looksLikeOnnx(head)) {
    const onnx = await scanOnnx(scan, source, member);
    if (onnx) return 'onnx';
  }
  const packed = packedFormat(head);
  if (packed !== undefined)
    return (await scan.attempt(() => scanUnpacked(scan, content, packed), member)) ?? packed.format;
  const tensorflow = await scanTensorflow(scan, content, head);
  if (tensorflow !== undefined) return tensorflow;
  const known = knownFormat(head);
  if (known === undefined && PICKLE_NAME.test(name)) return scanPickles(scan, pickleStream(source), { member });
  if (await isWord2vec(scan, head, source)) return 'word2vec';
  const { scanText } = await import('./formats/text.ts');
  const text = await scanText(scan, source, { name, head, member });
  if (text !== undefined) return text;
  if (isXgboostLegacy(head)) {
    scan.report('format.not-supported', { what: 'the binary format of XGBoost before 2.1', member });
    return 'xgboost-legacy';
  }
  scan.report(known?.rule ?? 'format.unknown', { what: known?.format ?? 'unknown content', member });
  return known?.format ?? 'unknown';
};

const scanNotZip = async (scan: Scan, content: Content, head: Uint8Array): Promise<string> => {
  const { source, member } = content;
  // The length of a safetensors header can begin as a pickle does.
  if (isPickleHead(head) && headerLength(head, source.size) === undefined)
    return scanPickles(scan, pickleStream(source), { member });
  if (isGzip(head)) return (await scan.attempt(() => scanPacked(scan, content, 'gzip'), member)) ?? 'gzip';
  if (isTar(head)) {
    await scan.attempt(() => scanTar(scan, content, scanContent), member);
    await reportPolyglot(scan, pickleStream(source)(), { member });
    return 'tar';
  }
  const format = await scanByMagic(scan, content, head);
  if (format === undefined) return scanByStructure(scan, content, head);
  await reportPolyglot(scan, pickleStream(source)(), { member });
  return format;
};

const DIRECTORY_ENTRY = [0x50, 0x4b, 1, 2];

/**
 * The archive that the content is or ends with. Four bytes of an end record stand in some large file by chance; where
 * the content does not begin as an archive, there must be a directory too.
 */
const archiveIn = async (scan: Scan, { source, member }: Content, head: Uint8Array): Promise<EndRecord | undefined> => {
  if (startsWith(head, ZIP_HEAD)) return scan.attempt(() => readEndRecord(source), member);
  const quiet = scan.quiet();
  const end = await quiet.attempt(() => readEndRecord(source));
  if (end === undefined || end.directorySize > end.start) return undefined;
  const entry = await source.read(end.start - end.directorySize, DIRECTORY_ENTRY.length);
  return startsWith(entry, DIRECTORY_ENTRY) ? end : undefined;
};

/**
 * Tells by the bytes what the content is, and runs every reading of it that a loader might choose: an archive with
 * something in front is both.
 */
export const scanContent = async (scan: Scan, whole: Content): Promise<string> => {
  if (whole.source.size === 0) return 'empty';
  if (whole.depth > scan.limits.depth) throw limit('depth', scan.limits);
  const head = await whole.source.read(0, HEAD);
  const content = { ...whole, source: withHead(whole.source, head) };
  const behind = await superblockBehind(content.source, head);
  if (behind !== undefined) await scan.attempt(() => scanHdf5(scan, content, behind), content.member);
  const end = await archiveIn(scan, content, head);
  if (end === undefined) return scanNotZip(scan, content, head);
  const format = await scan.attempt(() => scanZip(scan, content, end, scanContent), content.member);
  if (!startsWith(head, ZIP_HEAD)) await scanNotZip(scan, content, head);
  return format ?? 'zip';
};
