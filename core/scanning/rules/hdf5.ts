import { malicious, REWRITE, type Rule, suspicious, unreadable } from './rule.ts';

const ONE_FILE = 'Copy the values into one file, without links to others.';

export const HDF5_RULES = {
  'hdf5.external-path': malicious('Whoever reads the values reads a file outside of the directory of the model.'),
  'hdf5.external-file': suspicious('The values are in other files, which may be any.', ONE_FILE),
  'hdf5.user-link': suspicious('What the link leads to is decided by code that must be loaded first.', ONE_FILE),
  'hdf5.filter': suspicious(
    'To unpack the values, HDF5 looks for a shared library and loads it.',
    'Store the values with gzip, or not packed.',
  ),
  'hdf5.malformed': suspicious(
    'The file contradicts itself; readers written in C have trusted such files and crashed.',
  ),
  'hdf5.overlap': suspicious('Parts share bytes, which no library writes: two readings of one file.'),
  'hdf5.outside-bytes': suspicious('Bytes in front of the file or behind its end: another format may be hidden there.'),
  'hdf5.expansion': suspicious('A few bytes stand for more values than the memory of a reader holds.'),
  'hdf5.not-read': unreadable('The file uses a part of HDF5 that is not analysed.', REWRITE),
} satisfies Record<string, Rule>;
