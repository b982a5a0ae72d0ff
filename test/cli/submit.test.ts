import { beforeEach, describe, expect, test } from 'vitest';
import { EXIT, Problem } from '../../cli/outcome.ts';
import { type SubmitRequest, submit } from '../../cli/submit.ts';
import { Answer } from '../../core/intake/contract.ts';
import { type Files, folderOf, quietly, uploadOf } from './folder.ts';
import { type MemoryBucket, memoryBucket } from './memory-bucket.ts';

const FILES = { 'a.jsonl': '{}\n', 'deep/b.bin': 'bytes' };
const PREFIX = 'models/fraud/1.4.0/';

let bucket: MemoryBucket;
beforeEach(() => {
  bucket = memoryBucket();
});

const REQUEST = { model: 'fraud', version: '1.4.0', wait: true, timeoutSeconds: 5, check: true } as const;

const run = async (files: Files, request: Partial<SubmitRequest> = {}, signal?: AbortSignal) => {
  using folder = folderOf(files);
  return await submit({ dir: folder.dir, ...REQUEST, ...request }, { bucket: async () => bucket }, quietly(signal));
};

/** Plays the plane: answers as soon as the manifest has arrived. */
const answering = (outcome: Answer['outcome'], reasons: Answer['reasons'] = []) => {
  bucket.onArrival = (key, versionId) => {
    if (!key.endsWith('manifest.json')) return;
    const answer = Answer.parse({
      answerVersion: 1,
      outcome,
      model: 'fraud',
      version: '1.4.0',
      attempt: versionId,
      answeredAt: '2026-11-23T10:00:00Z',
      reasons,
      evidence: {},
      execution: 'execution',
      ...(outcome === 'registered' && { root: `sha256:${'a'.repeat(64)}`, tier: 'standard' }),
    });
    bucket.objects.set(`answers/fraud/1.4.0/${versionId}.json`, Buffer.from(JSON.stringify(answer)));
  };
};

test('every file arrives under the prefix of the version, the manifest last', async () => {
  answering('registered');

  const { document, exitCode } = await run(uploadOf(FILES));

  expect(bucket.arrived.toSorted()).toEqual([`${PREFIX}a.jsonl`, `${PREFIX}deep/b.bin`, `${PREFIX}manifest.json`]);
  expect(bucket.arrived.at(-1)).toBe(`${PREFIX}manifest.json`);
  expect(exitCode).toBe(EXIT.yes);
  expect(document).toMatchObject({ outcome: 'registered', attempt: 'v3', answerKey: 'answers/fraud/1.4.0/v3.json' });
});

test('a no comes with every reason', async () => {
  answering('rejected', [
    { rule: 'a.b', message: 'one' },
    { rule: 'a.c', message: 'two' },
  ]);

  const { document, exitCode, text } = await run(uploadOf(FILES));

  expect(exitCode).toBe(EXIT.no);
  expect(document.reasons).toHaveLength(2);
  expect(text).toMatch(/one[\s\S]*two/);
});

test('an attempt that a newer one took over has no answer of its own', async () => {
  answering('superseded');

  expect((await run(uploadOf(FILES))).exitCode).toBe(EXIT.unknown);
});

test('what would be refused by its manifest is not uploaded', async () => {
  const { document, exitCode } = await run(
    uploadOf(FILES, (manifest) => {
      manifest.owner = '';
    }),
  );

  expect(exitCode).toBe(EXIT.no);
  expect(document).toMatchObject({ outcome: 'not-submitted', reasons: [expect.objectContaining({ path: '$.owner' })] });
  expect(bucket.arrived).toEqual([]);
});

test('what is still to fill in is not uploaded, though the field would take any text', async () => {
  const { document } = await run(
    uploadOf(FILES, (manifest) => {
      manifest.owner = '<fill in: the team>';
    }),
  );

  expect(document.outcome).toBe('not-submitted');
  expect(bucket.arrived).toEqual([]);
});

test('a file that is not the declared one is not uploaded', async () => {
  const { document, exitCode } = await run({ ...uploadOf(FILES), 'a.jsonl': '{ }\n' });

  expect(exitCode).toBe(EXIT.no);
  expect(document.reasons).toEqual([expect.objectContaining({ rule: 'intake.digest-mismatch', path: 'a.jsonl' })]);
  expect(bucket.arrived).toEqual([]);
});

test.each([
  ['model', { model: 'other' }],
  ['version', { version: '1.4.1' }],
])('a %s other than the manifest says is not filled in silently', async (name, request) => {
  const { document, exitCode } = await run(uploadOf(FILES), request);

  expect(exitCode).toBe(EXIT.no);
  expect(document.reasons).toEqual([
    expect.objectContaining({ rule: 'intake.manifest-wrong-place', path: `$.${name}` }),
  ]);
});

test.each([
  ['--model', { model: '../escape' }],
  ['--version', { version: 'a/b' }],
])('a %s that no key can hold is a wrong call', async (path, request) => {
  await expect(run(uploadOf(FILES), { ...request, check: false })).rejects.toMatchObject({
    exitCode: EXIT.usage,
    reason: { path },
  });
});

test('without the check everything is left to the plane', async () => {
  answering('rejected', [{ rule: 'a.b', message: 'no' }]);

  const { exitCode } = await run({ 'manifest.json': 'no JSON at all', 'x.bin': 'x' }, { check: false });

  expect(exitCode).toBe(EXIT.no);
  expect(bucket.arrived).toEqual([`${PREFIX}x.bin`, `${PREFIX}manifest.json`]);
});

test('without a manifest there is nothing to announce, checked or not', async () => {
  await expect(run({ 'x.bin': 'x' }, { check: false })).rejects.toMatchObject({ exitCode: EXIT.usage });
  expect(bucket.arrived).toEqual([]);
});

test('nobody has to wait', async () => {
  const { document, exitCode } = await run(uploadOf(FILES), { wait: false });

  expect(exitCode).toBe(EXIT.yes);
  expect(document.outcome).toBe('submitted');
});

test.each(['absent', 'refused'] as const)(
  'an answer that does not come in time (%s) is no answer, and it is said where to look',
  async (blank) => {
    bucket.blank = blank;

    const { document, exitCode, text } = await run(uploadOf(FILES), { timeoutSeconds: 0.15 });

    expect(exitCode).toBe(EXIT.unknown);
    expect(document).toMatchObject({ outcome: 'unanswered', attempt: 'v3' });
    expect(text).toContain('s3://models/answers/fraud/1.4.0/v3.json');
    expect(text.includes('s3:GetObject')).toBe(blank === 'refused');
  },
);

test('an answer that comes late is waited for', async () => {
  answering('registered');
  const instantly = bucket.onArrival;
  bucket.onArrival = (...arrival) => {
    setTimeout(() => instantly(...arrival), 300);
  };

  expect((await run(uploadOf(FILES))).document.outcome).toBe('registered');
});

describe('an interruption', () => {
  test('before the manifest says what stands there, and that nothing was announced', async () => {
    const controller = new AbortController();
    bucket.onArrival = () => controller.abort();

    await expect(run(uploadOf(FILES), {}, controller.signal)).rejects.toMatchObject({
      exitCode: EXIT.interrupted,
      reason: {
        message: expect.stringMatching(
          /of 3 files stand under s3:\/\/models\/models\/fraud\/1.4.0\/.*nothing was announced/,
        ),
      },
    });
    expect(bucket.arrived).not.toContain(`${PREFIX}manifest.json`);
  });

  test('after the manifest says that intake is at work', async () => {
    const controller = new AbortController();
    bucket.onArrival = (key) => key.endsWith('manifest.json') && controller.abort();

    await expect(run(uploadOf(FILES), {}, controller.signal)).rejects.toMatchObject({
      exitCode: EXIT.interrupted,
      reason: { message: expect.stringContaining('attempt v3') },
    });
  });
});

test('a bucket that keeps no versions is not the bucket of a plane', async () => {
  const put = bucket.put;
  bucket.put = async (upload) => {
    await put(upload);
    return undefined;
  };

  await expect(run(uploadOf(FILES))).rejects.toMatchObject({ exitCode: EXIT.unknown, reason: { path: 'models' } });
});

describe('a file that is too large for one piece', () => {
  const MiB = 1024 ** 2;
  const large = (fill: string) => Buffer.alloc(5 * MiB - 7, fill);
  const LARGE = { 'a.jsonl': '{}\n', 'weights.bin': large('weights of it ') };
  const KEY = `${PREFIX}weights.bin`;

  let sent: number[];
  beforeEach(() => {
    sent = [];
    bucket.pieces = { largest: 2 * MiB, part: MiB };
    bucket.onPart = (_, part) => sent.push(part);
  });

  /** Runs until so many parts have arrived, and no further. */
  const interruptedAfter = async (parts: number, files: Files) => {
    const controller = new AbortController();
    bucket.onPart = (_, part) => {
      if (sent.push(part) === parts) controller.abort();
    };
    const problem = await run(files, {}, controller.signal).catch((cause: unknown) => cause);
    const before = sent.splice(0);
    bucket.onPart = (_, part) => sent.push(part);
    return { problem, before };
  };

  test('arrives whole, by parts', async () => {
    answering('registered');

    const { document } = await run(uploadOf(LARGE));

    expect(sent.toSorted()).toEqual([1, 2, 3, 4, 5]);
    expect(LARGE['weights.bin'].equals(bucket.objects.get(KEY) ?? Buffer.of())).toBe(true);
    expect(document).toMatchObject({ outcome: 'registered', resumedBytes: 0 });
  });

  test('goes on after an interruption where it ended: no part is sent again', async () => {
    answering('registered');
    const upload = uploadOf(LARGE);

    const { problem, before } = await interruptedAfter(2, upload);
    const { document } = await run(upload);

    expect(problem).toMatchObject({ exitCode: EXIT.interrupted });
    expect([...before, ...sent].toSorted()).toEqual([1, 2, 3, 4, 5]);
    expect(before.length).toBeGreaterThanOrEqual(2);
    expect(document.resumedBytes).toBeGreaterThanOrEqual(2 * MiB - 7);
    expect(LARGE['weights.bin'].equals(bucket.objects.get(KEY) ?? Buffer.of())).toBe(true);
  });

  test('the interruption says what waits for the next submit', async () => {
    bucket.onPart = () => {};
    const [put] = [bucket.put];
    bucket.put = () => Promise.reject(new Problem(EXIT.unknown, { rule: 'cli.could-not-tell', message: 'no line' }));

    await expect(run(uploadOf(LARGE))).rejects.toMatchObject({
      reason: { message: expect.stringMatching(/no line; 0 of 3 files stand .* 5 parts .* wait there/) },
    });
    bucket.put = put;
  });

  test('is no object before all bytes are there: one that was complete would be sent all over again', async () => {
    const upload = uploadOf({ ...LARGE, 'more.bin': large('more of it') });
    const controller = new AbortController();
    bucket.onPart = (_, part) => {
      if (sent.push(part) === 8) controller.abort();
    };

    await expect(run(upload, {}, controller.signal)).rejects.toThrow('interrupted');

    expect(bucket.arrived).toEqual([]);
  });

  test('begins anew when it was changed, and what was sent of the old one is given up', async () => {
    answering('registered');
    await interruptedAfter(2, uploadOf(LARGE));

    const changed = { ...LARGE, 'weights.bin': large('other weights ') };
    const { document } = await run(uploadOf(changed));

    expect(document).toMatchObject({ outcome: 'registered', resumedBytes: 0 });
    expect(bucket.givenUp).toHaveLength(1);
    expect(sent.toSorted()).toEqual([1, 2, 3, 4, 5]);
    expect(changed['weights.bin'].equals(bucket.objects.get(KEY) ?? Buffer.of())).toBe(true);
  });

  test('tells of every byte once, resumed or not', async () => {
    answering('registered');
    const upload = uploadOf(LARGE);
    await interruptedAfter(3, upload);
    const lines: string[] = [];
    using folder = folderOf(upload);

    await submit(
      { dir: folder.dir, ...REQUEST },
      { bucket: async () => bucket },
      {
        ...quietly(),
        progress: (line) => lines.push(line),
      },
    );

    expect(lines.findLast((line) => line.startsWith('uploading'))).toMatch(/\(([\d.]+ MiB) of \1\)$/);
  });
});
