import { Construct, type IConstruct } from 'constructs';
import { AlarmGroup, type AlarmGroupProps } from '../platform/alarm-group.ts';
import { FleetAlarms } from './fleet-alarms.ts';
import { TelemetryAlarms } from './telemetry-alarms.ts';

/** What breaks together, and what a person notices then. */
const CAUSES = {
  intake: {
    symptoms: {
      page: 'Intake does not work: uploads get their answer late, or not at all.',
      ticket: 'Intake mends itself more slowly than it should: some uploads wait.',
    },
    runbook: 'plane#intake-does-not-work',
  },
  facts: {
    symptoms: {
      page: 'Facts do not reach the bus: CI, audit and the pages about models do not hear of them.',
      ticket: 'Facts reach the bus late.',
    },
    runbook: 'plane#facts-do-not-arrive',
  },
  holds: {
    symptoms: {
      page: 'Holds do not work: they cannot be placed, or nobody is told of them.',
      ticket: 'Holds work with difficulty: something about them comes late.',
    },
    runbook: 'plane#holds-do-not-work',
  },
  rollouts: {
    symptoms: {
      page: 'Rollouts do not move: admission does not answer, or nobody steers them and brings them home.',
      ticket: 'Rollouts are steered late: what should start or stop them was not delivered.',
    },
    runbook: 'plane#rollouts-do-not-move',
  },
  checks: {
    symptoms: {
      page: 'Scheduled checks do not work.',
      ticket: 'Scheduled checks fail or are not called: some deployed models are checked late, or not.',
    },
    runbook: 'plane#checks-do-not-work',
  },
  telemetry: {
    symptoms: {
      page: 'Inference events are lost: rollouts and checks judge on too few.',
      ticket: 'Inference events are counted late or not at all: rollouts wait, and checks judge on too few.',
    },
    runbook: 'plane#telemetry-is-incomplete',
  },
  fleet: {
    symptoms: {
      page: 'Many models misbehave at once: the cause is outside of each of them.',
      ticket: 'Something is unusual about many models at once.',
    },
    runbook: 'plane#many-models-misbehave-at-once',
  },
} as const satisfies Record<string, Omit<AlarmGroupProps, 'of'>>;

type Cause = keyof typeof CAUSES;

/** The constructs that fail for a cause; the alarms of the fleet are made here. */
export type AlertingProps = Readonly<Record<Exclude<Cause, 'fleet'>, readonly IConstruct[]>>;

/** Alarms about the plane and the fleet, grouped so that one cause is one page. Made last, when every alarm exists. */
export class Alerting extends Construct {
  constructor(scope: Construct, id: string, of: AlertingProps) {
    super(scope, id);
    const groups = {
      ...of,
      telemetry: [...of.telemetry, new TelemetryAlarms(this, 'Telemetry')],
      fleet: [new FleetAlarms(this, 'Fleet').together],
    };
    for (const [cause, how] of Object.entries(CAUSES))
      new AlarmGroup(this, cause, { ...how, of: groups[cause as Cause] });
  }
}
