import type { DriftFinding } from '../core/drift/contract.ts';
import { describeWhy } from '../core/hold/describe-hold.ts';
import { show } from '../core/kernel/reason.ts';
import { type ModelHealth, monitorApi, type StreamHealth } from '../core/monitor/api.ts';
import type { BurnReport } from '../core/slo/contract.ts';
import { couldNotTell, EXIT, type ExitCode, type Outcome } from './outcome.ts';
import type { Plane } from './plane.ts';
import { counted, oneLine, table } from './text.ts';

const figure = (value: number | undefined): string =>
  value === undefined ? '-' : String(Number(value.toPrecision(value >= 10 ? 3 : 2)));

const HALF = 5;

/** How far a feature is from the baseline; the line in the middle is its limit. */
const bar = ({ psi, limit }: DriftFinding): string => {
  if (psi === undefined || limit === undefined) return '';
  const filled = Math.min(2 * HALF, Math.round((psi / limit) * HALF));
  const [below, above] = [Math.min(HALF, filled), Math.max(0, filled - HALF)];
  return `${'█'.repeat(below).padEnd(HALF, '·')}│${'█'.repeat(above)}`;
};

const WORDS = { drifted: 'drifted', stable: '', 'not-enough-data': 'not enough values' } as const;

const findingRow = (finding: DriftFinding): string[] => [
  finding.signal === 'feature' ? finding.name : `(${finding.name})`,
  figure(finding.psi),
  figure(finding.usual),
  figure(finding.limit),
  String(finding.n),
  bar(finding),
  finding.elevated ? 'above the floor' : WORDS[finding.outcome],
];

const excess = ({ psi = 0, limit = 1 }: DriftFinding): number => psi / limit;

const driftLines = ({ report, failing }: StreamHealth): string[] => {
  if (report === null) return ['no window was checked yet'];
  const { drift, schema, from, to } = report;
  const window = `window ${from} to ${to}`;
  if (drift === null) {
    const isFailing = failing?.checks.includes('drift') === true;
    return [`${window}: ${isFailing ? 'its drift could not be judged' : 'no baseline to compare with'}`];
  }
  const rows = drift.findings.toSorted((a, b) => excess(b) - excess(a)).map(findingRow);
  const kept = schema.outcome === 'kept' ? 'keep the schema' : schema.outcome.replaceAll('-', ' ');
  return [
    `${window}, ${counted(drift.history, 'earlier window')}; ${counted(schema.n, 'event')}: ${kept}`,
    ...table([['FEATURE', 'PSI', 'WAS', 'LIMIT', 'N', '', ''], ...rows]),
  ];
};

const burnLine = ({ objective, outcome, tiers, budget }: BurnReport): string => {
  const worst = tiers.toSorted((a, b) => b.long.rate / b.factor - a.long.rate / a.factor)[0];
  const rate = worst === undefined ? '' : `, burns at ${figure(worst.long.rate)} (limit ${figure(worst.factor)})`;
  const left = budget === undefined ? '' : `, ${figure(100 * budget.spent)} % of the budget is spent`;
  return `objective ${objective.name}: ${outcome.replaceAll('-', ' ')}${rate}${left}`;
};

/** Nothing wrong in too few events is no sign that all is well. */
const isTold = ({ report }: StreamHealth): boolean => report !== null && report.schema.outcome !== 'not-enough-data';

const streamLines = (health: StreamHealth): string[] => {
  const { stream, mark, failing } = health;
  const name = `${stream.model} ${stream.version} in ${stream.deployment}`;
  const wrong = mark?.wrong.flatMap(({ reasons }) => reasons) ?? [];
  const sign = failing !== null ? '?' : (mark?.wrong.length ?? 0) > 0 ? '✗' : isTold(health) ? '✓' : '…';
  return [
    `${sign} ${name}, checked ${mark?.checkedAt ?? 'never'}`,
    ...(failing === null
      ? []
      : [`  not judged since ${failing.since} (${failing.checks.join(', ')}): ${oneLine(failing.failure.error)}`]),
    ...wrong.map((reason) => `  ✗ ${oneLine(describeWhy(reason))}`),
    ...driftLines(health).map((line) => `  ${line}`),
    ...(mark?.objectives ?? []).map((report) => `  ${burnLine(report)}`),
  ];
};

const holdLines = ({ holds }: ModelHealth): string[] =>
  holds.map(
    ({ id, effect, placedAt, reason }) => `hold ${id} (${effect}) since ${placedAt}: ${oneLine(reason.message)}`,
  );

const exitOf = ({ streams, holds }: ModelHealth): ExitCode => {
  if (holds.length > 0 || streams.some(({ mark }) => (mark?.wrong.length ?? 0) > 0)) return EXIT.no;
  return streams.some(({ mark, failing }) => mark === null || failing !== null) ? EXIT.unknown : EXIT.yes;
};

/** How a model stands after its last scheduled check: each feature beside its limit, objectives, and what holds it. */
export const drift = async (model: string, plane: Plane): Promise<Outcome<ModelHealth>> => {
  const document = await plane.ask(monitorApi.drift, { model });
  if (document === undefined)
    throw couldNotTell({
      message: 'no traffic of this model was checked',
      found: show(model),
      fix: 'A check needs a deployment of the model and inference events that name it; clearance list shows the models.',
    });
  const text = [...document.streams.flatMap(streamLines), ...holdLines(document)].join('\n');
  return { exitCode: exitOf(document), document, text };
};
