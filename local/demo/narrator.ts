import { styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];

export const styled = (style: Style, text: string): string =>
  styleText(style, text, { stream: process.stdout, validateStream: true });

export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;

export const bytes = (count: number): string => {
  if (count < 1000) return `${count} B`;
  return count < 1e6 ? `${(count / 1e3).toFixed(1)} kB` : `${(count / 1e6).toFixed(1)} MB`;
};

/** What the demo prints while it runs. */
export const narrator = ({ print = console.log }: { print?: (line: string) => void } = {}) => {
  const say = (line = ''): void => print(line);
  return {
    say,
    title: (text: string) => say(styled('bold', text)),
    chapter: (number: number, text: string) => say(`\n${styled(['bold', 'cyan'], `${number}  ${text}`)}`),
    /** One thing that happened, at its time since the upload. */
    moment: (milliseconds: number, what: string, detail = '') =>
      say(`   ${styled('dim', seconds(milliseconds).padStart(7))}  ${what.padEnd(20)} ${detail}`),
    note: (text: string) => say(`            ${text}`),
    verdict: (good: boolean, text: string) => say(`   ${styled(good ? 'green' : 'red', good ? '✔' : '✘')} ${text}`),
    dim: (text: string) => say(styled('dim', text)),
  };
};

export type Narrator = ReturnType<typeof narrator>;

export type Row = { step: string; outcome: string; ok: boolean; milliseconds: number };

/** The closing table. */
export const table = (rows: readonly Row[]): string => {
  const cells = rows.map((row) => [row.ok ? '✔' : '✘', row.step, row.outcome, seconds(row.milliseconds)]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) =>
    row.map((cell, i) => (i === 3 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join('  ');
  return cells
    .map((row, i) => `   ${styled(rows[i]?.ok ? 'green' : 'red', line(row).slice(0, 1))}${line(row).slice(1)}`)
    .join('\n');
};
