import { readdirSync } from 'node:fs';
import { Duration } from 'aws-cdk-lib';
import { AlarmStatusWidget, CompositeAlarm, Dashboard, type IWidget, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct, type IConstruct } from 'constructs';
import { groundOf } from '../platform/ground.ts';
import { fromPackageRoot } from '../platform/package-root.ts';
import { PagingAlarm } from '../platform/paging-alarm.ts';
import { capabilityRows } from './capability-rows.ts';
import { planeRow } from './plane-row.ts';
import { WHOLE } from './widgets.ts';

const runbooks = (): string[] => readdirSync(fromPackageRoot('docs/runbooks'));

const heading = (stage: string): IWidget =>
  new TextWidget({
    width: WHOLE,
    height: 3,
    markdown: [
      `# Clearance: stage ${stage}`,
      'Top to bottom: what is raised, the way of a version, what watches it, the plane itself. Times are UTC.',
      `Runbooks: ${runbooks()
        .map((name) => `\`docs/runbooks/${name}\``)
        .join(' · ')}`,
    ].join('\n\n'),
  });

/** Groups and lone alarms first, since those are the ones that told somebody. */
const alarmsBelow = (plane: IConstruct): IWidget => {
  const below = plane.node.findAll();
  const groups = below.filter((child) => child instanceof CompositeAlarm);
  const alarms = below.filter((child) => child instanceof PagingAlarm);
  return new AlarmStatusWidget({
    title: 'Alarms: groups first, then what they stand for',
    width: WHOLE,
    height: 5,
    alarms: [...groups, ...alarms],
  });
};

/** What a person on call sees first: one dashboard for a stage, made of the metrics that its alarms rest on. */
export class OperationsDashboard extends Construct {
  constructor(scope: Construct, id: string, plane: IConstruct) {
    super(scope, id);
    const { stage } = groundOf(this);
    new Dashboard(this, 'Dashboard', {
      dashboardName: `clearance-${stage}`,
      defaultInterval: Duration.hours(12),
      widgets: [[heading(stage)], [alarmsBelow(plane)], ...capabilityRows(this, plane), planeRow(plane)],
    });
  }
}
