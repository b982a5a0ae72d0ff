import { z } from 'zod';
import type { Objectives } from '../../core/monitor/ports.ts';
import { Objective } from '../../core/slo/contract.ts';
import { rethrow } from '../platform/aws-errors.ts';
import { lazy } from '../platform/lazy.ts';

const ssm = lazy(async () => {
  const sdk = await import('../platform/ssm-sdk.adapter.ts');
  return { sdk, client: new sdk.SSMClient({}) };
});

const Part = z.array(Objective);

/** The objectives of the stage, in as many parameters below one path as they need. */
export const ssmObjectives = (path: string): Objectives => ({
  of: async (model) => {
    const { sdk, client } = await ssm();
    const found: Objective[] = [];
    let from: string | undefined;
    do {
      const page = await client
        .send(new sdk.GetParametersByPathCommand({ Path: path, ...(from !== undefined && { NextToken: from }) }))
        .catch(rethrow);
      found.push(...(page.Parameters ?? []).flatMap(({ Value = '' }) => Part.parse(JSON.parse(Value))));
      from = page.NextToken;
    } while (from !== undefined);
    return found.filter((objective) => objective.model === model);
  },
});
