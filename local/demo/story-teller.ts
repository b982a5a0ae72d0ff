import { type Narrator, type Style, seconds, styled } from './narrator.ts';

const CELLS = 10;

/** How requests are split, the share of the new version at the right: `1.0.0 ████████▒▒ 1.1.0   20 %`. */
export const splitBar = (before: string, after: string, share: number): string => {
  const cells = share === 0 ? 0 : Math.max(1, Math.round(share * CELLS));
  const bar = '█'.repeat(CELLS - cells) + styled('magenta', '▒'.repeat(cells));
  return `${before} ${bar} ${after} ${`${Math.round(share * 100)} %`.padStart(5)}`;
};

/** Breaks at spaces, so that the story's name can stand before each line. */
const wrapped = (text: string, width: number): string[] =>
  text.split('\n').flatMap((paragraph) => {
    const lines = [''];
    for (const word of paragraph.split(' ')) {
      const last = lines.at(-1) ?? '';
      if (last !== '' && last.length + 1 + word.length > width) lines.push(word);
      else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
    }
    return lines;
  });

const WIDTH = 90;
const TIME = 10;

/** Tells one of several stories that happen at the same time: each line says when it happened, and whose it is. */
export const storyTeller = (narrator: Narrator, story: string, style: Style, began: number) => {
  const margin = styled(style, `${story.padEnd(7)} │`);
  const tell = (lines: readonly string[]): void => {
    const now = seconds(Date.now() - began).padStart(TIME);
    for (const [i, line] of lines.entries())
      narrator.say(`${i === 0 ? styled('dim', now) : ' '.repeat(TIME)}  ${margin} ${line}`);
  };
  const hanging = ([first = '', ...others]: string[]): string[] => [first, ...others.map((line) => `  ${line}`)];
  return {
    moment: (text: string): void => tell(hanging(wrapped(text, WIDTH))),
    quote: (title: string, text: string): void =>
      tell([styled('bold', title), ...wrapped(text, WIDTH - 2).map((line) => `${styled(style, '┃')} ${line}`)]),
    verdict: (good: boolean, text: string): void =>
      tell(hanging(wrapped(`${styled(good ? 'green' : 'red', good ? '✔' : '✘')} ${text}`, WIDTH))),
  };
};

export type StoryTeller = ReturnType<typeof storyTeller>;
