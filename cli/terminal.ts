import { styleText } from 'node:util';
import type { Ora } from 'ora';
import { printable } from './text.ts';

const MARKS = { '✓': 'green', '✗': 'red', '!': 'yellow', '…': 'yellow', '‖': 'yellow', '?': 'yellow' } as const;
const MARKED = /^(\s*)([✓✗!…‖?])(?= )/gmu;

/** `styleText` leaves the text as it is on what is no terminal, and where NO_COLOR is set. */
const coloured = (text: string, stream: NodeJS.WriteStream): string =>
  text.replaceAll(MARKED, (_, indent: string, mark: keyof typeof MARKS) => {
    return `${indent}${styleText(MARKS[mark], mark, { stream })}`;
  });

export const show = (text: string, stream: NodeJS.WriteStream): void => {
  stream.write(`${coloured(printable(text), stream)}\n`);
};

export type Progress = { readonly say: (line: string) => void; readonly end: () => void };

const QUIET: Progress = { say: () => {}, end: () => {} };

const NARROWEST = 40;
const SPINNER = 4;

/** A line that replaces itself on the terminal behind stderr; nothing where there is none, or for a program. */
export const progressOn = async (stream: NodeJS.WriteStream, wanted: boolean): Promise<Progress> => {
  // A terminal that says it has no width would be given one line per letter.
  if (!wanted || !stream.isTTY || stream.columns < NARROWEST) return QUIET;
  const { default: ora } = await import('ora');
  let spinner: Ora | undefined;
  return {
    say: (line) => {
      // Left to itself ora reads the keyboard, and Ctrl-C would not reach us; its colour does not know NO_COLOR.
      spinner ??= ora({ stream, discardStdin: false, color: false }).start();
      spinner.text = printable(line).slice(0, stream.columns - SPINNER);
    },
    end: () => spinner?.stop(),
  };
};
