import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HoldLifted, HoldPlaced } from '../../core/hold/contract.ts';
import { liftedMessage, type OnCallMessage, placedMessage } from '../../core/hold/on-call-message.ts';
import { type Told, tellOnCall } from '../../core/hold/tell-on-call.ts';

const golden = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../events/hold/${name}.v1.json`, import.meta.url), 'utf8'));
const placed = HoldPlaced.parse(golden('placed'));
const lifted = HoldLifted.parse(golden('lifted'));

/** Somebody on call, and what the plane remembers to have told them; `fail` loses that many messages or records. */
const onCall = () => {
  const told = new Map<string, Told[]>();
  const heard: { severity: string; message: OnCallMessage }[] = [];
  const failing = { sends: 0, records: 0 };
  const tell = tellOnCall({
    told: {
      about: async (hold) => told.get(hold) ?? [],
      record: async (hold, each) => {
        if (failing.records-- > 0) throw new Error('the table is away');
        told.set(hold, [...(told.get(hold) ?? []), each]);
      },
    },
    send: async (severity, message) => {
      if (failing.sends-- > 0) throw new Error('SNS is away');
      heard.push({ severity, message });
    },
    stage: 'prod',
  });
  return { tell, heard, failing };
};
const states = (heard: ReturnType<typeof onCall>['heard']) =>
  heard.map(({ severity, message }) => `${severity} ${message.attributes.state}`);

describe('people on call', () => {
  test('hear once that something is held and once that it is over, however often each is told', async () => {
    const { tell, heard } = onCall();

    for (let time = 0; time < 3; time++) await tell('hold.placed.v1', placed);
    for (let time = 0; time < 3; time++) await tell('hold.lifted.v1', lifted);
    await tell('hold.placed.v1', placed);

    expect(states(heard)).toEqual(['page open', 'page resolved']);
  });

  test('who got the ticket before it became a page hears that it is over too', async () => {
    const { tell, heard } = onCall();

    await tell('hold.placed.v1', { ...placed, id: 'first', severity: 'ticket' });
    await tell('hold.placed.v1', placed);
    await tell('hold.lifted.v1', lifted);

    expect(states(heard)).toEqual(['ticket open', 'page open', 'ticket resolved', 'page resolved']);
  });

  test('are not woken by a hold whose end was told before its beginning', async () => {
    const { tell, heard } = onCall();

    await tell('hold.lifted.v1', lifted);
    const late = await tell('hold.placed.v1', placed);

    expect(late).toBe('over');
    expect(states(heard)).toEqual(['page resolved']);
  });

  test('hear in the end although messages and records were lost on the way', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(3), fc.nat(3), async (sends, records) => {
        const { tell, heard, failing } = onCall();
        Object.assign(failing, { sends, records });

        for (let time = 0; time < 8; time++) await tell('hold.placed.v1', placed).catch(() => {});

        expect(heard).toHaveLength(1 + records);
      }),
    );
  });

  test('are told of nothing else', async () => {
    const { tell, heard } = onCall();

    await expect(tell('hold.forged.v1', placed)).rejects.toThrow('nobody on call is told of hold.forged.v1');
    await expect(tell('hold.placed.v1', { ...placed, severity: 'shrug' })).rejects.toThrow();
    expect(heard).toEqual([]);
  });
});

describe('a message', () => {
  test('says what is held, why with the numbers, by whom, and what to read and to type', () => {
    const { subject, text } = placedMessage(placed, 'prod');

    expect(subject).toBe('PAGE prod: iris-forest in prod is held, drift.feature-shifted');
    expect(text).toBe(
      [
        'iris-forest in prod is held in stage prod.',
        '',
        'Signal      drift.feature-shifted',
        'Measured on iris-prod',
        'Why         petal-length: PSI 0.41, was 0.03, on 12480 values; found 0.41; allowed: 0.2',
        'Effect      pause: no rollout moves on and admission says no; what serves goes on serving',
        'Placed by   the check drift.feature-shifted',
        'Since       2026-11-23T10:40:00.000Z, asked for once',
        'Ends        when somebody lifts it',
        `Evidence    ${placed.evidence[0]?.key} (${placed.evidence[0]?.digest})`,
        '',
        'Runbook     docs/runbooks/drift.md#a-feature-shifted',
        'Look        clearance holds --stage prod',
        'Lift        clearance lift 8f1c02d97be45a60-17 --stage prod --reason "..."',
        '',
        'Hold 8f1c02d97be45a60-17, fingerprint 8f1c02d97be45a60',
      ].join('\n'),
    );
  });

  test('that it is over says who lifted it, why, and how long it stood', () => {
    const { subject, text } = liftedMessage(lifted, 'prod', 'page');

    expect(subject).toBe('RESOLVED prod: iris-forest in prod, hold 8f1c02d97be45a60-17 is lifted');
    for (const part of ['on-call/eva', 'The upstream feed sends centimetres again.', lifted.placedAt])
      expect(text).toContain(part);
  });

  test('has a subject that SNS takes and no line that a name or a reason made up', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary', maxLength: 300 }), (message, actor) => {
        const reason = { rule: 'a.b', message: `${message}\nRunbook     https://evil.example` };
        const placedBy = { kind: 'person', arn: `arn:${actor}\u2028Lift` } as const;

        const plain = placedMessage(placed, 'prod');
        const hostile = placedMessage({ ...placed, reason, placedBy }, 'prod');

        expect(hostile.subject).toMatch(/^[!-~][ -~]{0,99}$/);
        expect(hostile.text.split(/[\p{Cc}\u2028\u2029]/u)).toHaveLength(plain.text.split('\n').length);
      }),
    );
  });

  test.each([
    [{ everything: true }, 'everything'],
    [{ environment: 'prod' }, 'every model in prod'],
    [{ model: 'iris', version: '1.0.0' }, 'iris 1.0.0'],
  ])('about %j says so in words', (scope, words) => {
    const { text } = placedMessage(HoldPlaced.parse({ ...placed, scope }), 'prod');

    expect(text.split('\n')[0]).toBe(`${words} is held in stage prod.`);
  });
});
