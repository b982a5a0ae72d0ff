import { malicious, suspicious, unreadable } from './rule.ts';

export const ARCHIVE_RULES = {
  'tar.malformed': suspicious('The archive contradicts itself, so readers disagree about what it contains.'),
  'tar.unsafe-name': malicious('Unpacking writes outside the target directory.'),
  'tar.unsafe-link': malicious('Unpacking writes through a link to a place that the archive chooses.'),
  'tar.link': suspicious('A link in a model has no use, and what is read through it depends on where it is unpacked.'),
  'tar.special': suspicious('No model contains devices or pipes; unpacking or reading them acts on the machine.'),
  'tar.duplicate-name': suspicious('Two members have one name; readers disagree about which one counts.'),
  'tar.trailing-bytes': suspicious('Bytes that belong to no member: another format may be hidden there.'),
  'tar.sparse': unreadable('The member is stored in a way that is not read.'),
} as const;
