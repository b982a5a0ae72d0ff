import type { Hdf5File } from './file.ts';

/** Absolute, climbing, of another scheme, or from the environment of the reader. */
const LEAVES = /^(?:[/\\~]|[A-Za-z]:|[A-Za-z][A-Za-z0-9+.-]*:\/\/)|(?:^|[/\\])\.\.(?:[/\\]|$)|\$|%/;

/** A file that is read together with this one. @param what names who refers to it */
export const reportOutside = (file: Hdf5File, location: string, what: string): void =>
  file.report(LEAVES.test(location) ? 'hdf5.external-path' : 'hdf5.external-file', `${what} is in ${location}`);
