import { ParameterTier, StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { objectivesPath } from '../../core/monitor/contract.ts';
import type { Objective } from '../../core/slo/contract.ts';
import { objectivesOf, type SloDocument } from '../../core/slo/slo-document.ts';
import { groundOf } from '../platform/ground.ts';

/** Of a standard parameter, in bytes. All objectives together may be more than an environment variable holds. */
const LARGEST = 4096;

/** @throws for two objectives of one name: a report would tell of one and mean the other */
const checked = (objectives: readonly Objective[]): readonly Objective[] => {
  const names = objectives.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`monitor.objectives: two objectives are named ${twice}`);
  return objectives;
};

const inParts = (objectives: readonly Objective[]): Objective[][] => {
  const parts: Objective[][] = [];
  for (const objective of objectives) {
    const last = parts.at(-1);
    const fits = last !== undefined && Buffer.byteLength(JSON.stringify([...last, objective])) <= LARGEST;
    if (fits) last.push(objective);
    else parts.push([objective]);
  }
  return parts;
};

/** What is promised of each model, where the check reads it. */
export class ObjectiveParameters extends Construct {
  constructor(scope: Construct, id: string, { documents }: { documents: readonly SloDocument[] }) {
    super(scope, id);
    const { stage } = groundOf(this);
    inParts(checked(documents.flatMap(objectivesOf))).forEach((part, index) => {
      new StringParameter(this, `Part${index + 1}`, {
        parameterName: `${objectivesPath(stage)}/${index + 1}`,
        stringValue: JSON.stringify(part),
        tier: ParameterTier.STANDARD,
        description: 'Objectives of deployed models',
      });
    });
  }
}
