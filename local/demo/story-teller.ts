import { type Narrator, type Style, seconds, styled } from './narrator.ts';

const CELLS = 10;

/** How requests are split, the share of the new version at the right: `1.0.0 ████████▒▒ 1.1.0   20 %`. */
export const splitBar = (before: string, after: string, share: number): string => {
  const cells = share === 0 ? 0 : Math.max(1, Math.round(share * CELLS));
  const bar = '█'.repeat(CELLS - cells) + styled('magenta', '▒'.repeat(cells));
  return `${before} ${bar} ${after} ${`${Math.round(share * 100)} %`.padStart(5)}`;
};

const WIDTH = 92;

/** Breaks at spaces, so that the story's name can stand before each line; what is broken off is indented. */
const wrapped = (text: string, indent: number): string[] =>
  text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let rest = paragraph;
    while (rest.length > WIDTH) {
      const at = rest.lastIndexOf(' ', WIDTH);
      const end = at > indent ? at : WIDTH;
      lines.push(rest.slice(0, end));
      rest = ' '.repeat(indent) + rest.slice(end).trimStart();
    }
    return [...lines, rest];
  });

/** In a page, values stand in a column. */
const COLUMN = 12;
const TIME = 10;

/** Tells one of several stories that happen at the same time: each line says when it happened, and whose it is. */
export const storyTeller = (narrator: Narrator, story: string, style: Style, began: number) => {
  const margin = styled(style, `${story.padEnd(7)} │`);
  const tell = (lines: readonly string[]): void => {
    const now = seconds(Date.now() - began).padStart(TIME);
    for (const [i, line] of lines.entries())
      narrator.say(`${i === 0 ? styled('dim', now) : ' '.repeat(TIME)}  ${margin} ${line}`);
  };
  return {
    moment: (text: string): void => tell(wrapped(text, 2)),
    quote: (title: string, text: string): void =>
      tell([styled('bold', title), ...wrapped(text, COLUMN).map((line) => `${styled(style, '┃')} ${line}`)]),
    verdict: (good: boolean, text: string): void => {
      const [first = '', ...others] = wrapped(text, 2);
      tell([`${styled(good ? 'green' : 'red', good ? '✔' : '✘')} ${first}`, ...others]);
    },
  };
};

export type StoryTeller = ReturnType<typeof storyTeller>;
