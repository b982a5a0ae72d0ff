import type { z } from 'zod';
import type { hold } from '../hold/contract.ts';
import { ALTERED, RUNBOOK } from './contract.ts';
import type { RequestedHold } from './ports.ts';

/** A hold of continuous verification, as the task that places holds takes it. All of them page. */
export const holdTask = ({ evidence, ...asked }: RequestedHold): z.input<typeof hold.tasks.placeHold.input> => ({
  ...asked,
  evidence: [...evidence],
  deployment: null,
  severity: 'page',
  runbook: RUNBOOK,
  placedBy: { kind: 'signal', signal: ALTERED },
});
