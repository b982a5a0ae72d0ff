import { Duration } from 'aws-cdk-lib';
import { AlarmRule, AlarmState, CompositeAlarm, type IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct, type IConstruct } from 'constructs';
import { groundOf } from './ground.ts';
import { described, PagingAlarm, type Severity } from './paging-alarm.ts';
import type { RunbookLink } from './runbook.ts';

export type AlarmGroupProps = {
  /** Every alarm at and below these, but for those that stand alone. */
  of: readonly IConstruct[];
  /** What a person notices, as a sentence, when the worst of them is a page and when it is a ticket. */
  symptoms: Readonly<Record<Severity, string>>;
  runbook: RunbookLink;
};

/** A ticket waits this long for a page of the same cause, and that long after the page is over. */
const PATIENCE = Duration.minutes(2);

const alarmsIn = (scopes: readonly IConstruct[]): PagingAlarm[] =>
  scopes
    .flatMap((scope) => scope.node.findAll())
    .filter((below): below is PagingAlarm => below instanceof PagingAlarm && !below.alone);

/**
 * Alarms that one cause raises together, as one page and one ticket at most. The group speaks for all of them: while it
 * is raised, another alarm of it adds nothing, so what it says has to be looked into to the end. A page silences the
 * tickets of its group. A single alarm needs no group and speaks for itself.
 */
export class AlarmGroup extends Construct {
  constructor(scope: Construct, id: string, { of, symptoms, runbook }: AlarmGroupProps) {
    super(scope, id);
    const alarms = alarmsIn(of);
    if (alarms.length < 2) return;
    const { pages, tickets } = groundOf(this);
    const speak = (severity: Severity, suppressor: IAlarm | undefined): CompositeAlarm | undefined => {
      const children = alarms.filter((alarm) => alarm.severity === severity);
      if (children.length === 0) return undefined;
      for (const child of children) child.join(this);
      const group = new CompositeAlarm(this, severity === 'page' ? 'Page' : 'Ticket', {
        alarmDescription: described(symptoms[severity], runbook),
        alarmRule: AlarmRule.anyOf(...children.map((child) => AlarmRule.fromAlarm(child, AlarmState.ALARM))),
        ...(suppressor !== undefined && {
          actionsSuppressor: suppressor,
          actionsSuppressorWaitPeriod: PATIENCE,
          actionsSuppressorExtensionPeriod: PATIENCE,
        }),
      });
      const action = new SnsAction(severity === 'page' ? pages : tickets);
      group.addAlarmAction(action);
      group.addOkAction(action);
      return group;
    };
    speak('ticket', speak('page', undefined));
  }
}
