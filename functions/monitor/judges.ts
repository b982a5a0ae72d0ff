import { checkWindow } from '../../core/drift/check-window.ts';
import { planWindows } from '../../core/drift/plan-windows.ts';
import type { Judges } from '../../core/monitor/ports.ts';
import { checkObjectives } from '../../core/slo/check-objectives.ts';
import { mergedTally } from '../../core/telemetry/merged-tally.ts';

/** What each capability knows, brought together for a check. */
export const judges: Judges = { planWindows, checkWindow, checkObjectives, merge: mergedTally };
