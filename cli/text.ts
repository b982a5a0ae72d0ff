import { describeReason } from '../core/kernel/describe-reason.ts';
import type { Reason } from '../core/kernel/reason.ts';

/** Control characters, and the marks that turn the direction of what follows: both make a terminal lie. */
const UNPRINTABLE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/gu;

const escaped = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/** Text of somebody else, a file's name above all, as one line that says what it says. */
export const oneLine = (text: string): string => text.replaceAll(UNPRINTABLE, escaped);

/** The same for a whole text of several lines: the last thing that happens before a terminal gets it. */
export const printable = (text: string): string => text.split('\n').map(oneLine).join('\n');

export const reasonLines = (reasons: readonly Reason[]): string[] =>
  reasons.map((reason) => `  ✗ ${oneLine(describeReason(reason))}`);

/** Columns as wide as their widest cell. */
export const table = (rows: readonly (readonly string[])[]): string[] => {
  const cells = rows.map((row) => row.map(oneLine));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export const inBytes = (bytes: number): string => {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  return `${power === 0 ? bytes : (bytes / 1024 ** power).toFixed(1)} ${UNITS[power]}`;
};

export const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`;
