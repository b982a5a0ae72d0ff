import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { narrator } from '../../local/demo/narrator.ts';
import { splitBar, storyTeller } from '../../local/demo/story-teller.ts';

const plain = (text: string): string => stripVTControlCharacters(text);

test.each([
  [0, 'v1 ██████████ v2   0 %'],
  [0.01, 'v1 █████████▒ v2   1 %'],
  [0.2, 'v1 ████████▒▒ v2  20 %'],
  [1, 'v1 ▒▒▒▒▒▒▒▒▒▒ v2 100 %'],
])('a split of %d is drawn, and a little is never nothing', (share, drawn) => {
  expect(plain(splitBar('v1', 'v2', share))).toBe(drawn);
});

test('every line of a story carries its name, and no line outgrows a terminal, whatever it tells', () => {
  const lines: string[] = [];
  const tell = storyTeller(narrator({ print: (line) => lines.push(plain(line)) }), 'drift', 'yellow', Date.now());

  tell.moment('word '.repeat(60));
  tell.quote('a page', `Evidence    ${'x'.repeat(300)}\n\nLook        clearance holds`);
  tell.verdict(true, 'told');

  expect(lines.every((line) => line.includes('drift   │'))).toBe(true);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(120);
  expect(lines.join('').split('word').length - 1).toBe(60);
  expect(lines.join('').split('x').length - 1).toBe(300);
});
