import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { concat, op, PAYLOAD, pickle, rulesOf, scanBytes } from './support.ts';

const utf8 = (value: string) => new TextEncoder().encode(value);
const BLOCK = 512;

type Member = { name: string; content?: Uint8Array; type?: string; link?: string; size?: number; magic?: string };

const header = ({
  name,
  content = new Uint8Array(),
  type = '0',
  link = '',
  size = content.length,
  magic = 'ustar\0',
}: Member) => {
  const block = new Uint8Array(BLOCK);
  const put = (at: number, value: string) => block.set(utf8(value), at);
  put(0, name);
  put(100, '0000644\0');
  put(124, `${size.toString(8).padStart(11, '0')}\0`);
  put(148, '        ');
  put(156, type);
  put(157, link);
  put(257, magic);
  const sum = block.reduce((all, byte) => all + byte, 0);
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return block;
};

const padded = (content: Uint8Array) => concat(content, new Uint8Array((BLOCK - (content.length % BLOCK)) % BLOCK));

const tar = (...members: readonly Member[]): Uint8Array =>
  concat(
    ...members.flatMap((member) => [header(member), padded(member.content ?? new Uint8Array())]),
    new Uint8Array(2 * BLOCK),
  );

const README = { name: 'm/readme.txt', content: utf8('hello') };
const CLEAN = pickle(op('EMPTY_DICT'));
const HOSTILE = pickle(PAYLOAD);
const record = (key: string, value: string): Uint8Array => {
  const length = ` ${key}=${value}\n`.length;
  const whole = length + String(length + String(length).length).length;
  return utf8(`${whole} ${key}=${value}\n`);
};

describe('a tar archive', () => {
  test('of clean members is clean', async () => {
    const scan = await scanBytes(tar(README, { name: 'm/', type: '5' }, { name: 'm/a.pkl', content: CLEAN }));

    expect(scan).toMatchObject({ verdict: 'clean', format: 'tar' });
  });

  test.each(['m/data.pkl', 'm/readme.txt', 'x'])('hides no pickle under the name %s', async (name) => {
    const scan = await scanBytes(tar(README, { name, content: HOSTILE }));

    expect(scan.verdict).toBe('malicious');
    expect(scan.findings[0]?.member).toBe(name);
  });

  test('is told without a magic, by the sum of its header', async () => {
    const scan = await scanBytes(tar({ ...README, magic: '' }, { name: 'a', content: HOSTILE, magic: '' }));

    expect(scan).toMatchObject({ verdict: 'malicious', format: 'tar' });
  });

  test('is found in gzip, and a zip archive in it', async () => {
    const scan = await scanBytes(new Uint8Array(gzipSync(tar({ name: 'a', content: HOSTILE }))));

    expect(scan).toMatchObject({ verdict: 'malicious', format: 'gzip+tar' });
  });

  // CVE-2025-58755 and CVE-2025-12638: unpacking wrote where the archive said.
  test.each([
    ['a name that climbs', { ...README, name: '../../etc/cron.d/x' }, 'tar.unsafe-name'],
    ['an absolute name', { ...README, name: '/etc/passwd' }, 'tar.unsafe-name'],
    ['a symbolic link out of it', { name: 'm/l', type: '2', link: '../../../etc' }, 'tar.unsafe-link'],
    ['a hard link out of it', { name: 'm/l', type: '1', link: '/etc/passwd' }, 'tar.unsafe-link'],
    ['a link within it', { name: 'm/l', type: '2', link: 'readme.txt' }, 'tar.link'],
    ['a device', { name: 'm/null', type: '3' }, 'tar.special'],
    ['a pipe', { name: 'm/pipe', type: '6' }, 'tar.special'],
    ['a name twice', README, 'tar.duplicate-name'],
    ['a member that reaches beyond the end', { ...README, name: 'x', size: 99_999_999 }, 'tar.malformed'],
    ['a member with holes', { ...README, name: 'x', type: 'S' }, 'tar.sparse'],
  ] as [string, Member, string][])('is not clean with %s', async (_, member, rule) => {
    const scan = await scanBytes(tar(README, member));

    expect(rulesOf(scan)).toContain(rule);
  });

  test('writes nothing through a link of its own', async () => {
    const scan = await scanBytes(
      tar({ name: 'm/l', type: '2', link: 'd' }, { name: 'm/l/passwd', content: utf8('x') }),
    );

    expect(rulesOf(scan)).toEqual(['tar.link', 'tar.unsafe-link']);
  });

  test('hides no name in the attributes in front of a member', async () => {
    const climbing = '../../etc/passwd';
    const pax = await scanBytes(tar({ name: 'p', type: 'x', content: record('path', climbing) }, README));
    const gnu = await scanBytes(tar({ name: '././@LongLink', type: 'L', content: utf8(climbing) }, README));
    const link = await scanBytes(
      tar({ name: 'p', type: 'x', content: record('linkpath', '/etc') }, { name: 'l', type: '2' }),
    );

    expect([pax, gnu].map(rulesOf)).toEqual([['tar.unsafe-name'], ['tar.unsafe-name']]);
    expect(rulesOf(link)).toEqual(['tar.unsafe-link']);
  });

  test.each([
    ['is cut off', (whole: Uint8Array) => whole.subarray(0, whole.length - 2 * BLOCK), 'tar.malformed'],
    ['has a header whose sum is wrong', (whole: Uint8Array) => whole.with(2 * BLOCK + 100, 0), 'tar.malformed'],
    ['has something behind its end', (whole: Uint8Array) => concat(whole, HOSTILE), 'tar.trailing-bytes'],
  ] as const)('that %s is not clean', async (_, change, rule) => {
    const scan = await scanBytes(change(tar(README, { ...README, name: 'other' })));

    expect(rulesOf(scan)).toContain(rule);
  });
});
