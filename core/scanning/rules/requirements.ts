import { malicious, type Rule, suspicious } from './rule.ts';

const PLAIN = 'Name packages with their version only, such as numpy==2.4.6; choose the index where they are installed.';

/** What installing the packages that a model names does besides. */
export const REQUIREMENT_RULES = {
  'requirements.shell': malicious('Where the line is handed to a shell, it runs a command.'),
  'requirements.index': suspicious(
    'Packages are taken from an index of the author’s choosing, which can offer its own under any name.',
    PLAIN,
  ),
  'requirements.elsewhere': suspicious(
    'What is installed, and so run, is taken from an address or a folder and not from a package index.',
    PLAIN,
  ),
  'requirements.trusted-host': suspicious('Nobody checks any more that the packages come from this host.', PLAIN),
  'requirements.option': suspicious('The option changes how packages are found, built or run.', PLAIN),
  'requirements.malformed': suspicious(
    'pip does not take such a line; another installer may read it otherwise.',
    PLAIN,
  ),
} satisfies Record<string, Rule>;
