import { Unscannable } from '../scan.ts';

/** Ends the reading of a file that contradicts itself. @param offset bytes from the start of the content */
export const malformed = (what: string, offset?: number): Unscannable =>
  new Unscannable('hdf5.malformed', { what, ...(offset === undefined ? {} : { offset }) });

/** Ends the reading of a file that uses what this reader does not know. */
export const notRead = (what: string, offset?: number): Unscannable =>
  new Unscannable('hdf5.not-read', { what, ...(offset === undefined ? {} : { offset }) });
