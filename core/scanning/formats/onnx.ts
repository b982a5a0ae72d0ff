import type { ByteSource } from '../byte-source.ts';
import type { Scan } from '../scan.ts';

export const looksLikeOnnx = (_head: Uint8Array): boolean => false;
export const scanOnnx = async (_scan: Scan, _source: ByteSource, _member: string | undefined): Promise<boolean> =>
  false;
