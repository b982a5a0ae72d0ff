import { expect, test } from 'vitest';
import { fullestTemplate, resourcesOf, type Template } from '../support/plane.ts';
import { NOT_DEPLOYED } from './guards/contracts.ts';
import { runbookFaults } from './guards/runbooks.ts';
import { readSources, withFault } from './guards/source.ts';

const template = fullestTemplate();
const runbooks = readSources('docs/runbooks/*.md');
const isDeployed = (path: string) => !NOT_DEPLOYED.has(path.split('/')[1] ?? '');
const documents = new Map([
  ...readSources('README.md', 'docs/**/*.md'),
  ...[...readSources('core/**/*.ts')].filter(([path]) => isDeployed(path)),
]);
const path = 'docs/runbooks/intake.md';

test('every alarm has a page to read, every page an alarm or a hold, every link a heading', () => {
  expect(resourcesOf(template, 'AWS::CloudWatch::Alarm').length).toBeGreaterThan(5);

  expect(runbookFaults(template, runbooks, documents)).toEqual([]);
});

const withAlarm = (properties: Record<string, unknown>): Template => ({
  Resources: { ...template.Resources, Planted: { Type: 'AWS::CloudWatch::Alarm', Properties: properties } },
});
const withFaultIn = (part: string, change: (properties: Record<string, unknown>) => void): Template => {
  const faulty = structuredClone(template);
  const found = Object.entries(faulty.Resources).filter(([id, { Type }]) => id.includes(part) && /Alarm$/.test(Type));
  for (const [, { Properties }] of found) change(Properties);
  return faulty;
};
const actions = { AlarmActions: ['page'], OKActions: ['page'] };

test.each([
  ['an alarm without a page', withAlarm({ AlarmDescription: 'It burns.', ...actions }), 'Planted has no runbook'],
  [
    'an alarm that links to nowhere',
    withAlarm({ AlarmDescription: 'It burns. Runbook: docs/runbooks/intake.md#it-burns', ...actions }),
    'Planted: no page docs/runbooks/intake.md#it-burns',
  ],
  [
    'an alarm that tells nobody',
    withAlarm({ AlarmDescription: 'Runbook: docs/runbooks/intake.md#nobody-sweeps' }),
    'Planted tells nobody',
  ],
  [
    'an alarm that tells although its group does',
    withFaultIn('WorkflowsFail', (properties) => Object.assign(properties, actions)),
    /WorkflowsFail\w+ is told more than once/,
  ],
  [
    'a group without a page',
    withFaultIn('Alertingintake', (properties) => void delete properties.AlarmDescription),
    /Alertingintake\w+ has no runbook/,
  ],
])('%s is found', (_, faulty, sentence) => {
  expect(runbookFaults(faulty, runbooks, documents)).toContainEqual(expect.stringMatching(sentence));
});

test.each([
  [
    'a page without an alarm',
    '## It burns\n\n**Means.** **Look.** **Do.** **Do not.** **Done when.**',
    '#it-burns belongs to no alarm and no hold',
  ],
  [
    'a page that leaves something out',
    '## It burns\n\n**Means.** **Look.** **Do.** **Do not.**',
    'does not say "Done when"',
  ],
])('%s is found', (_, page, sentence) => {
  const faulty = withFault(runbooks, path, `${runbooks.get(path)}\n${page}\n`);

  expect(runbookFaults(template, faulty, documents)).toContainEqual(expect.stringContaining(sentence));
});

test('a heading that is renamed takes its alarms with it', () => {
  const renamed = withFault(runbooks, path, (runbooks.get(path) ?? '').replace('## Nobody sweeps', '## No sweeps'));

  const faults = runbookFaults(template, renamed, documents);

  expect(faults).toContainEqual(expect.stringContaining('no page docs/runbooks/intake.md#nobody-sweeps'));
});

test('a link in a document to a page that is not there is found', () => {
  const faulty = withFault(documents, 'docs/planted.md', 'See docs/runbooks/intake.md#it-burns.');

  expect(runbookFaults(template, runbooks, faulty)).toEqual([
    'docs/planted.md: no page docs/runbooks/intake.md#it-burns',
  ]);
});
