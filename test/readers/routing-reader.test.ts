import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { digestOf } from '../../core/kernel/digest.ts';
import { type FetchRouting, followRouting, fromAppConfigAgent } from '../../readers/routing-reader.ts';

const one = { version: '1.0.0', root: digestOf('the bytes of version 1'), weight: 1_000_000 };
const two = { version: '2.0.0', root: digestOf('the bytes of version 2'), weight: 1_000_000 };
const documentOf = (sequence: number, versions: object[], model = 'fraud') =>
  JSON.stringify({ schema_version: 1, model, sequence, versions });

/** A source of documents that a test changes between polls. */
const source = (text: string | undefined | Error) => {
  const state: { text: string | undefined | Error; polls: number } = { text, polls: 0 };
  const fetch: FetchRouting = async () => {
    state.polls++;
    if (state.text instanceof Error) throw state.text;
    return state.text;
  };
  return { state, fetch };
};

describe('a routing reader', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  test('routes by the newest document from the next poll on', async () => {
    const { state, fetch } = source(documentOf(1, [one]));
    using reader = await followRouting({ model: 'fraud', fetch, pollSeconds: 15 });

    state.text = documentOf(2, [two]);
    const before = reader.route('eva').version;
    await vi.advanceTimersByTimeAsync(15_000);

    expect([before, reader.route('eva').version]).toEqual(['1.0.0', '2.0.0']);
  });

  test('keeps the last good document while polls fail, and says since when and why', async () => {
    const { state, fetch } = source(documentOf(1, [one]));
    const problems: string[] = [];
    const onProblem = ({ message }: Error) => problems.push(message);
    using reader = await followRouting({ model: 'fraud', fetch, pollSeconds: 15, onProblem });

    state.text = new Error('connect ECONNREFUSED');
    await vi.advanceTimersByTimeAsync(45_000);

    expect(reader.route('eva').version).toBe('1.0.0');
    expect(reader.standing()).toMatchObject({ ageSeconds: 45, problem: { message: 'connect ECONNREFUSED' } });
    expect(problems).toHaveLength(3);
  });

  test.each([
    ['is no JSON', '<html>502</html>'],
    ['is none', documentOf(2, [{ ...two, weight: 5 }])],
    ['is of another model', documentOf(2, [two], 'churn')],
  ])('keeps the last good document when what comes %s', async (_, text) => {
    const { state, fetch } = source(documentOf(1, [one]));
    using reader = await followRouting({ model: 'fraud', fetch });

    state.text = text;
    await vi.advanceTimersByTimeAsync(15_000);

    expect(reader.route('eva').version).toBe('1.0.0');
    expect(reader.standing().problem).toBeInstanceOf(Error);
  });

  test('is well again after the first good poll', async () => {
    const { state, fetch } = source(documentOf(1, [one]));
    using reader = await followRouting({ model: 'fraud', fetch });
    state.text = new Error('no');
    await vi.advanceTimersByTimeAsync(15_000);

    state.text = documentOf(2, [two]);
    await vi.advanceTimersByTimeAsync(15_000);

    expect(reader.standing()).toEqual({ document: JSON.parse(state.text), ageSeconds: 0 });
  });

  test('takes an answer without text for "as before", and then the document is not old', async () => {
    const { state, fetch } = source(documentOf(1, [one]));
    using reader = await followRouting({ model: 'fraud', fetch });

    state.text = '';
    await vi.advanceTimersByTimeAsync(60_000);

    expect(reader.route('eva').version).toBe('1.0.0');
    expect(reader.standing().ageSeconds).toBe(0);
  });

  test('obeys a document that was reverted by hand to one with a lower sequence', async () => {
    const { state, fetch } = source(documentOf(9, [two]));
    using reader = await followRouting({ model: 'fraud', fetch });

    state.text = documentOf(8, [one]);
    await vi.advanceTimersByTimeAsync(15_000);

    expect(reader.route('eva').version).toBe('1.0.0');
  });

  test('is not stopped by a poll that hangs', async () => {
    let polls = 0;
    const fetch: FetchRouting = async () => {
      if (++polls === 2) return new Promise(() => {});
      return documentOf(polls, [polls === 1 ? one : two]);
    };
    using reader = await followRouting({ model: 'fraud', fetch, pollSeconds: 10 });

    await vi.advanceTimersByTimeAsync(20_000);
    const { problem } = reader.standing();
    await vi.advanceTimersByTimeAsync(10_000);

    expect(problem?.message).toBe('no routing document came within 10 s');
    expect(reader.route('eva').version).toBe('2.0.0');
  });

  test('stops polling when it is disposed of', async () => {
    const { state, fetch } = source(documentOf(1, [one]));
    const reader = await followRouting({ model: 'fraud', fetch });

    reader[Symbol.dispose]();
    await vi.advanceTimersByTimeAsync(60_000);

    expect(state.polls).toBe(1);
  });

  test('that was frozen polls on request, once, and not before a poll is due', async () => {
    const { state, fetch } = source(documentOf(1, [one]));
    const reader = await followRouting({ model: 'fraud', fetch });
    reader[Symbol.dispose]();
    await reader.refresh();
    const early = state.polls;

    vi.advanceTimersByTime(15_000);
    state.text = documentOf(2, [two]);
    await Promise.all([reader.refresh(), reader.refresh()]);

    expect([early, state.polls]).toEqual([1, 2]);
    expect(reader.route('eva').version).toBe('2.0.0');
  });

  test.each([
    ['fails', new Error('connect ECONNREFUSED'), /ECONNREFUSED/],
    ['brings nothing', undefined, /no routing document of fraud yet/],
    ['brings something else', '{}', /not a routing document/],
  ])('is never ready when the first poll %s', async (_, text, said) => {
    const { fetch } = source(text);

    await expect(followRouting({ model: 'fraud', fetch })).rejects.toThrow(said);
  });

  test.each([0, -1, Number.NaN, 4000])('with %d s between polls is refused', async (pollSeconds) => {
    const { fetch } = source(documentOf(1, [one]));

    await expect(followRouting({ model: 'fraud', fetch, pollSeconds })).rejects.toThrow(/pollSeconds: found/);
  });
});

test('the AppConfig agent is asked at the address that it documents, and its refusals are told', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.statusCode = asked.length === 1 ? 200 : 404;
    response.end(documentOf(1, [one]));
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo;
  const fetch = fromAppConfigAgent({ application: 'a1', environment: 'e1', profile: 'p1', port });
  try {
    using reader = await followRouting({ model: 'fraud', fetch });

    const answer = reader.route('eva').version;
    const refused = fetch(AbortSignal.timeout(1000));

    await expect(refused).rejects.toThrow('the AppConfig agent answered 404');
    expect(answer).toBe('1.0.0');
    expect(asked[0]).toBe('/applications/a1/environments/e1/configurations/p1');
  } finally {
    server.close();
  }
});
