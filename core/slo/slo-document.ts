import { z } from 'zod';
import { ModelId } from '../kernel/identity.ts';
import type { Objective } from './objective.ts';

const Text = (max: number) => z.string().min(1).max(max);
const Name = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'expected a DNS label, as OpenSLO names have');

const Metadata = z.strictObject({
  name: Name,
  displayName: Text(200).optional(),
  labels: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
  annotations: z.record(z.string(), z.string()).optional().describe('owner and link are carried along'),
});

/** What the plane counts itself; any other source would be a metric that nobody here measures. */
const source = <const Spec extends z.ZodType>(spec: Spec) =>
  z.strictObject({ metricSource: z.strictObject({ type: z.literal('Clearance'), spec }) });

const IndicatorSpec = z
  .strictObject({
    ratioMetric: z
      .strictObject({
        counter: z.literal(true),
        bad: source(z.strictObject({ count: z.literal('errors') })),
        total: source(z.strictObject({ count: z.literal('requests') })),
      })
      .optional()
      .describe('availability: the share of requests that do not fail'),
    thresholdMetric: source(z.strictObject({ value: z.literal('latency') }))
      .optional()
      .describe('latency: the share of requests that are fast enough'),
  })
  .refine(({ ratioMetric, thresholdMetric }) => (ratioMetric === undefined) !== (thresholdMetric === undefined), {
    message: 'either ratioMetric or thresholdMetric',
  });

const ObjectiveSpec = z
  .strictObject({
    displayName: Text(200).optional(),
    target: z.number().gt(0).lt(1).optional(),
    targetPercent: z.number().gt(0).lt(100).optional(),
    op: z.literal('lte').optional(),
    value: z.number().gt(0).optional().describe('milliseconds'),
  })
  .refine(({ target, targetPercent }) => (target === undefined) !== (targetPercent === undefined), {
    message: 'either target or targetPercent',
  });

/** Burn rates are shares of four weeks or a month; scaled to a week, the slowest would always fire. */
const WINDOW_DAYS = { '28d': 28, '4w': 28, '30d': 30 } as const;

/**
 * An SLO as OpenSLO v1 writes it, of the two kinds that the plane measures: availability as the ratio of errors to
 * requests, latency as a threshold on each answer. The rest of OpenSLO is refused rather than ignored.
 */
export const SloDocument = z.strictObject({
  apiVersion: z.literal('openslo/v1'),
  kind: z.literal('SLO'),
  metadata: Metadata,
  spec: z
    .strictObject({
      description: z.string().max(1050).optional(),
      service: ModelId.describe('the model'),
      indicator: z.strictObject({ metadata: Metadata, spec: IndicatorSpec }),
      timeWindow: z.tuple([z.strictObject({ duration: z.enum(['28d', '4w', '30d']), isRolling: z.literal(true) })]),
      budgetingMethod: z.literal('Occurrences'),
      objectives: z.array(ObjectiveSpec).min(1).max(10),
    })
    .superRefine(({ indicator, objectives }, context) => {
      const hasLimit = indicator.spec.thresholdMetric !== undefined;
      const message = hasLimit
        ? 'a latency objective has op and value'
        : 'an availability objective has no op or value';
      objectives.forEach(({ op, value }, index) => {
        if ((op !== undefined) !== hasLimit || (value !== undefined) !== hasLimit)
          context.addIssue({ code: 'custom', message, path: ['objectives', index] });
      });
    }),
});
export type SloDocument = z.infer<typeof SloDocument>;

type Target = Pick<z.infer<typeof ObjectiveSpec>, 'target' | 'targetPercent'>;
/** Division leaves 0.9990000000000001 of 99.9. */
const shareOf = ({ target, targetPercent = 0 }: Target): number =>
  target ?? Number((targetPercent / 100).toPrecision(12));

/** The objectives of a document; several of them get a number after the name. */
export const objectivesOf = ({ metadata, spec }: SloDocument): Objective[] => {
  const [{ duration }] = spec.timeWindow;
  const { owner, link } = metadata.annotations ?? {};
  return spec.objectives.map(({ value, ...objective }, index) => ({
    name: spec.objectives.length === 1 ? metadata.name : `${metadata.name}-${index + 1}`,
    model: spec.service,
    indicator: value === undefined ? 'availability' : 'latency',
    ...(value === undefined ? {} : { slowerThan: value }),
    target: shareOf(objective),
    windowDays: WINDOW_DAYS[duration],
    ...(owner === undefined ? {} : { owner }),
    ...(link === undefined ? {} : { link }),
  }));
};
