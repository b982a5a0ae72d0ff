import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { digestOf } from '../../core/kernel/digest.ts';
import { keepEvidence, readEvidence } from '../../core/kernel/evidence.ts';
import { EvidenceAltered } from '../../core/kernel/failures.ts';
import { memoryEvidence } from '../support/memory-evidence.ts';

const Measured = z.object({ metric: z.string(), value: z.number() });
const KEY = 'intake/iris/3/attempt/measured.json';

describe('evidence', () => {
  test('is kept in canonical form and referred to by what it says', async () => {
    const store = memoryEvidence();

    const kept = await keepEvidence(store, KEY, Measured, { value: 0.5, metric: 'auc' });

    expect(store.standing.get(KEY)).toBe('{"metric":"auc","value":0.5}');
    expect(kept.ref).toEqual({ key: KEY, digest: digestOf('{"metric":"auc","value":0.5}') });
    expect(await readEvidence(store, kept.ref, Measured)).toEqual({ metric: 'auc', value: 0.5 });
  });

  test('that already stands wins over what a retry would write', async () => {
    const store = memoryEvidence();
    const first = await keepEvidence(store, KEY, Measured, { metric: 'auc', value: 0.5 });

    const second = await keepEvidence(store, KEY, Measured, { metric: 'auc', value: 0.6 });

    expect(second).toEqual(first);
    expect(second.document.value).toBe(0.5);
  });

  test('that already stands in another shape is not taken for ours', async () => {
    const store = memoryEvidence();
    store.standing.set(KEY, '{"metric":"auc","value":"high"}');

    const kept = keepEvidence(store, KEY, Measured, { metric: 'auc', value: 0.5 });

    await expect(kept).rejects.toThrow(z.ZodError);
  });

  test.each([
    ['one value is another', '{"metric":"auc","value":0.6}'],
    ['white space was added', '{"metric":"auc", "value":0.5}'],
    ['nothing is left', ''],
  ])('is refused when %s', async (_what, altered) => {
    const store = memoryEvidence();
    const { ref } = await keepEvidence(store, KEY, Measured, { metric: 'auc', value: 0.5 });
    store.standing.set(KEY, altered);

    const read = readEvidence(store, ref, Measured);

    await expect(read).rejects.toThrow(EvidenceAltered);
    await expect(read).rejects.toMatchObject({ name: 'Kernel.EvidenceAltered', disposition: 'quarantine' });
  });

  test('that is gone is an error, never an empty document', async () => {
    const read = readEvidence(memoryEvidence(), { key: KEY, digest: digestOf('') }, Measured);

    await expect(read).rejects.toThrow('nothing stands');
  });
});
