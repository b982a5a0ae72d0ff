import { readFileSync } from 'node:fs';

/** A file of `test/vectors/`: numbers and bytes that other implementations made. */
export const vectors = <Shape>(name: string): Shape =>
  JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8')) as Shape;
