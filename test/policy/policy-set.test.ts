import { describe, expect, test } from 'vitest';
import { loadPolicySet } from '../../core/policy/policy-set.ts';
import { defaultPolicyFiles, defaultPolicySet, policySchema } from '../support/registration-evidence.ts';

const load = (text: string, schema = policySchema()) => loadPolicySet({ 'own.cedar': text }, schema);
const forbid = (annotations: string, when = 'true') =>
  `${annotations} forbid (principal, action == Clearance::Action::"register", resource) when { ${when} };`;

describe('loading a policy set', () => {
  test.each([
    ['text that is not Cedar', '\nforbid principal;', /^own\.cedar, line 2: /],
    ['a policy without @id', forbid('@reason("r") @fix("f")'), /^own\.cedar: every policy needs an @id/],
    ['an @id that is no rule', forbid('@id("No") @reason("r") @fix("f")'), /^own\.cedar, No: expected an @id such as/],
    ['a forbid without @reason', forbid('@id("a.b") @fix("f")'), /^own\.cedar, a\.b: a forbid needs a @reason/],
    ['a forbid without @fix', forbid('@id("a.b") @reason("r")'), /^own\.cedar, a\.b: a forbid needs a @fix/],
    [
      'details that do not exist',
      forbid('@id("a.b") @reason("r") @fix("f") @details("files/malicous")'),
      /^own\.cedar, a\.b: no such @details: files\/malicous; known are .*files\/malicious/,
    ],
    [
      'an attribute that the schema does not have',
      forbid('@id("a.b") @reason("r") @fix("f")', 'context.scan.malicous > 0'),
      /^policy set: a\.b: .*did you mean `malicious`/,
    ],
    [
      'a comparison of a number with a text',
      forbid('@id("a.b") @reason("r") @fix("f")', 'resource.tier == 3'),
      /^policy set: a\.b: /,
    ],
    [
      'two policies of one name',
      forbid('@id("a.b") @reason("r") @fix("f")') + forbid('@id("a.b") @reason("s") @fix("f")'),
      /^a\.b: two policies have this @id/,
    ],
    ['a template', '@id("a.b") permit (principal == ?principal, action, resource);', /^own\.cedar: a template/],
  ])('refuses %s, and says where', (_, text, message) => {
    expect(() => load(text)).toThrow(message);
  });

  test('refuses a schema that is not one', () => {
    expect(() => load('', 'namespace {')).toThrow(/^policy set: /);
  });

  test('gives reasons in one order, whatever order the files are read in', () => {
    const reversed = Object.fromEntries(Object.entries(defaultPolicyFiles()).reverse());

    expect([...loadPolicySet(reversed, policySchema()).policies.keys()]).toEqual([
      ...defaultPolicySet().policies.keys(),
    ]);
  });

  test('gives the same digest for the same texts, and another for any other', () => {
    const files = defaultPolicyFiles();
    const reversed = Object.fromEntries(Object.entries(files).reverse());

    expect(loadPolicySet(reversed, policySchema()).digest).toBe(defaultPolicySet().digest);
    expect(loadPolicySet(files, `${policySchema()}\n`).digest).not.toBe(defaultPolicySet().digest);
    expect(loadPolicySet({ ...files, 'gates.cedar': '' }, policySchema()).digest).not.toBe(defaultPolicySet().digest);
  });
});
