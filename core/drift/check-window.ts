import type { Tally, Window } from '../telemetry/contract.ts';
import { checkSchema } from './check-schema.ts';
import type { DriftReport, DriftSettings, SchemaReport, SchemaSettings } from './contract.ts';
import { detectDrift } from './detect-drift.ts';
import type { Span, WindowPlan } from './plan-windows.ts';

export type WindowInput = {
  readonly plan: WindowPlan;
  /** Of one stream: those of the plan that there are, and any others. */
  readonly windows: readonly Window[];
  /** Adds up what was counted in spans that do not overlap. */
  readonly merge: (tallies: readonly Tally[]) => Tally;
  /** Undefined for a version without a baseline: then nothing can drift from it. */
  readonly baseline: Tally | undefined;
  /** Indices that a person accepted, by name. */
  readonly accepted: ReadonlyMap<string, number>;
  readonly drift: DriftSettings;
  readonly schema: SchemaSettings;
};

export type WindowCheck = {
  /** Null without a baseline. */
  readonly drift: DriftReport | null;
  readonly schema: SchemaReport;
};

const nameOf = ({ grain, start }: Span): string => `${grain} ${start}`;

/** One window of one stream against the baseline of its version, the windows before it and what the version declares. */
export const checkWindow = (input: WindowInput): WindowCheck => {
  const { plan, windows, merge, baseline, accepted } = input;
  const known = new Map(windows.map((window) => [nameOf(window), window.tally]));
  const tallyOf = (spans: readonly Span[]): Tally => {
    const found = spans.flatMap((span) => known.get(nameOf(span)) ?? []);
    return found.length === 1 ? (found[0] as Tally) : merge(found);
  };
  const current = tallyOf(plan.current);
  const history = plan.history.filter((spans) => spans.some((span) => known.has(nameOf(span)))).map(tallyOf);
  return {
    drift: baseline === undefined ? null : detectDrift({ baseline, history, current, accepted }, input.drift),
    schema: checkSchema(current, input.schema),
  };
};
