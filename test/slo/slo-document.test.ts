import { describe, expect, test } from 'vitest';
import { objectivesOf, SloDocument } from '../../core/slo/slo-document.ts';
import { availabilitySlo, latencySlo } from '../support/slo.ts';

test('G4: an availability document is one objective with target, window, owner and link', () => {
  expect(objectivesOf(SloDocument.parse(availabilitySlo()))).toEqual([
    {
      name: 'credit-risk-availability',
      model: 'credit-risk',
      indicator: 'availability',
      target: 0.999,
      windowDays: 30,
      owner: 'lending',
      link: 'https://example.com/slo',
    },
  ]);
});

test('M2: a latency document may ask for several shares, each with its own limit', () => {
  expect(objectivesOf(SloDocument.parse(latencySlo()))).toMatchObject([
    { name: 'credit-risk-latency-1', indicator: 'latency', slowerThan: 250, target: 0.99 },
    { name: 'credit-risk-latency-2', indicator: 'latency', slowerThan: 1000, target: 0.999 },
  ]);
});

describe('what would not be measured as it is written is refused where it stands:', () => {
  const withSpec = (change: object, slo: { spec: object } = availabilitySlo()) => ({
    ...slo,
    spec: { ...slo.spec, ...change },
  });

  test.each([
    [
      'a window of a week',
      withSpec({ timeWindow: [{ duration: '7d', isRolling: true }] }),
      'spec.timeWindow.0.duration',
    ],
    [
      'a calendar window',
      withSpec({ timeWindow: [{ duration: '30d', isRolling: false }] }),
      'spec.timeWindow.0.isRolling',
    ],
    ['time slices', withSpec({ budgetingMethod: 'Timeslices' }), 'spec.budgetingMethod'],
    [
      'two targets in one objective',
      withSpec({ objectives: [{ target: 0.9, targetPercent: 90 }] }),
      'spec.objectives.0',
    ],
    ['no target', withSpec({ objectives: [{}] }), 'spec.objectives.0'],
    ['a target of everything', withSpec({ objectives: [{ target: 1 }] }), 'spec.objectives.0.target'],
    ['a limit on availability', withSpec({ objectives: [{ target: 0.9, op: 'lte', value: 3 }] }), 'spec.objectives.0'],
    ['latency without a limit', withSpec({ objectives: [{ target: 0.9 }] }, latencySlo()), 'spec.objectives.0'],
    ['alert policies, which the tiers are', withSpec({ alertPolicies: [] }), 'spec'],
    ['a model name that is none', withSpec({ service: 'Credit Risk' }), 'spec.service'],
    ['another kind', { ...availabilitySlo(), kind: 'Service' }, 'kind'],
  ])('%s', (_, document, path) => {
    const { error } = SloDocument.safeParse(document);

    expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });
});
