import { expect, test } from 'vitest';
import { metrics } from '../../core/kernel/metrics.ts';
import { eventContracts } from '../contract/guards/contracts.ts';
import { readSources } from '../contract/guards/source.ts';
import { planeTemplate, printed, resourcesOf } from '../support/plane.ts';

type Option = { label?: string; stat?: string; period?: number };
type Properties = {
  title?: string;
  markdown?: string;
  metrics?: unknown[][];
  alarms?: string[];
  yAxis?: { left?: { label?: string; min?: number } };
};
type Widget = { type: string; x: number; y: number; width: number; height: number; properties: Properties };

const template = planeTemplate();
const [[, dashboard] = ['', undefined], ...others] = resourcesOf(template, 'AWS::CloudWatch::Dashboard');
const widgets: Widget[] = JSON.parse(printed(dashboard?.Properties.DashboardBody)).widgets;
const graphs = widgets.filter(({ type }) => type === 'metric');

type Line = { namespace: string; name: string; dimensions: Record<string, string>; option: Option };

const linesOf = ({ properties }: Widget): Line[] =>
  (properties.metrics ?? []).map((parts) => {
    const [namespace, name, ...rest] = parts.filter((part) => typeof part === 'string');
    const pairs = Array.from({ length: rest.length / 2 }, (_, at) => [rest[2 * at], rest[2 * at + 1]]);
    const option = (parts.find((part) => typeof part === 'object') ?? {}) as Option;
    return { namespace: namespace ?? '', name: name ?? '', dimensions: Object.fromEntries(pairs), option };
  });

/** What AWS publishes by itself, by the resource that its dimension names; from the documentation of each service. */
const PUBLISHED: Readonly<Record<string, { by: string; type: string; names: readonly string[] }>> = {
  'AWS/Lambda': { by: 'FunctionName', type: 'AWS::Lambda::Function', names: ['Errors', 'Throttles'] },
  'AWS/SQS': { by: 'QueueName', type: 'AWS::SQS::Queue', names: ['ApproximateNumberOfMessagesVisible'] },
  'AWS/States': {
    by: 'StateMachineArn',
    type: 'AWS::StepFunctions::StateMachine',
    names: ['ExecutionsStarted', 'ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted', 'ExecutionTime'],
  },
};

const kinds = new Set(eventContracts.map(({ type }) => type.replace(/\.v\d+$/, '')));
const KNOWN: Readonly<Record<string, (value: string) => boolean>> = {
  Stage: (value) => value === 'test',
  Kind: (value) => kinds.has(value),
  Severity: (value) => ['page', 'ticket'].includes(value),
  Signal: (value) => ['drift', 'slo', 'rollout', 'verification', 'person'].includes(value),
};

const ownFaults = ({ name, dimensions }: Line): string[] => {
  const metric = Object.values(metrics).find((one) => one.name === name);
  if (metric === undefined) return [`nobody writes ${name}`];
  const by: readonly string[] = metric.by;
  const names = Object.keys(dimensions).filter((dimension) => dimension !== 'Stage');
  return [
    ...(names.length === Math.min(1, by.length) && names.every((dimension) => by.includes(dimension))
      ? []
      : [`${name} is not written by ${names.join(' and ') || 'stage'}`]),
    ...Object.entries(dimensions)
      .filter(([dimension, value]) => KNOWN[dimension]?.(value) !== true)
      .map(([dimension, value]) => `${name} never has the ${dimension} ${value}`),
  ];
};

const published = ({ namespace, name, dimensions }: Line): string[] => {
  const source = PUBLISHED[namespace];
  if (source === undefined || !source.names.includes(name)) return [`nobody publishes ${namespace} ${name}`];
  const id = /^<(\w+)[.>]/.exec(dimensions[source.by] ?? '')?.[1] ?? '';
  return template.Resources[id]?.Type === source.type ? [] : [`${name} is not of a ${source.type}: ${id}`];
};

const faultsOf = (line: Line): string[] => (line.namespace === 'Clearance' ? ownFaults(line) : published(line));

test('a stage has one dashboard, named after it', () => {
  expect(others).toEqual([]);
  expect(dashboard?.Properties.DashboardName).toBe('clearance-test');
});

test('every line of every graph is of a metric that something writes, with the dimensions that it is written with', () => {
  expect(graphs.length).toBeGreaterThan(15);

  expect(graphs.flatMap(linesOf).flatMap(faultsOf)).toEqual([]);
});

test.each<[string, Partial<Line>, string]>([
  ['a metric that nobody writes', { name: 'Planted' }, 'nobody writes Planted'],
  ['a metric without its dimension', { name: 'Facts', dimensions: { Stage: 'test' } }, 'Facts is not written by stage'],
  [
    'a fact that there is not',
    { name: 'Facts', dimensions: { Stage: 'test', Kind: 'intake.planted' } },
    'Facts never has the Kind intake.planted',
  ],
  [
    'a metric of a queue that is not there',
    { namespace: 'AWS/SQS', name: 'ApproximateNumberOfMessagesVisible', dimensions: { QueueName: '<Planted>' } },
    'ApproximateNumberOfMessagesVisible is not of a AWS::SQS::Queue: Planted',
  ],
])('%s is found', (_, planted, sentence) => {
  const faults = faultsOf({ namespace: 'Clearance', name: '', dimensions: {}, option: {}, ...planted });

  expect(faults).toContain(sentence);
});

/** Of what is not deployed yet. */
const AWAITED: string[] = [];

test('every metric that the plane writes is written somewhere, and drawn', () => {
  const sources = [...readSources('core/**/*.ts', 'functions/**/*.ts').values()].join('\n');
  const drawn = new Set(graphs.flatMap(linesOf).map(({ name }) => name));

  const unwritten = Object.keys(metrics).filter((key) => !sources.includes(`measure(metrics.${key},`));
  const undrawn = Object.values(metrics).filter(({ name }) => !drawn.has(name));

  expect(unwritten).toEqual(AWAITED);
  expect(undrawn.map(({ name }) => name)).toEqual([]);
});

test('every graph says what it shows and in what unit, starts at zero, and names each of its lines', () => {
  for (const { properties, ...graph } of graphs) {
    const labels = linesOf({ ...graph, properties }).map(({ option }) => option.label);

    expect(properties.title).toMatch(/^[A-Z]/);
    expect(properties.yAxis?.left).toMatchObject({ label: expect.stringMatching(/\w/), min: 0 });
    expect(labels.every((label) => label !== undefined)).toBe(true);
    expect(new Set(labels).size).toBe(labels.length);
  }
});

test('every line is over five minutes, so that graphs can be laid beside each other', () => {
  const periods = graphs.flatMap(linesOf).map(({ option }) => option.period ?? 300);

  expect(new Set(periods)).toEqual(new Set([300]));
});

test('every alarm and every group is in the status widget', () => {
  const shown = widgets.flatMap(({ properties }) => properties.alarms ?? []);
  const alarms = ['AWS::CloudWatch::CompositeAlarm', 'AWS::CloudWatch::Alarm'].flatMap((type) =>
    resourcesOf(template, type).map(([id]) => `<${id}.Arn>`),
  );

  expect(shown.toSorted()).toEqual(alarms.toSorted());
});

test('widgets fill their rows and lie on each other nowhere', () => {
  const cells = new Set<string>();
  for (const { x, y, width, height } of widgets)
    for (let column = x; column < x + width; column++)
      for (let row = y; row < y + height; row++) cells.add(`${column}/${row}`);
  const area = widgets.reduce((sum, { width, height }) => sum + width * height, 0);
  const rows = new Set(widgets.map(({ y }) => y));
  const widthOf = (row: number) => widgets.filter(({ y }) => y === row).reduce((sum, { width }) => sum + width, 0);

  expect(cells.size).toBe(area);
  expect([...rows].filter((row) => widthOf(row) !== 24)).toEqual([]);
});

test('the runbooks that the dashboard names are there', () => {
  const texts = widgets.map(({ properties }) => properties.markdown ?? '').join('\n');
  const named = [...texts.matchAll(/docs\/runbooks\/[\w-]+\.md/g)].map(([path]) => path);
  const runbooks = [...readSources('docs/runbooks/*.md').keys()];

  expect(named.filter((path) => !runbooks.includes(path))).toEqual([]);
  expect(runbooks.filter((path) => !named.includes(path))).toEqual([]);
});

test('the page for operators names every metric with its unit', () => {
  const page = readSources('docs/operating.md').get('docs/operating.md') ?? '';
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  const unitOf = { Count: 'count', Milliseconds: 'milliseconds', Seconds: 'seconds', None: 'share' } as const;

  const missing = Object.values(metrics).filter(
    ({ name, unit }) => !rows.some((row) => row.includes(`\`${name}\``) && row.includes(`| ${unitOf[unit]} |`)),
  );

  expect(missing.map(({ name }) => name)).toEqual([]);
});
