import type { RegisteredVersion } from '../registry/contract.ts';
import type { VerificationRules, VersionMark } from './contract.ts';
import type { Random } from './ports.ts';

/** A version, how it stood when last looked at, and whether it serves. Without a record, the registry lost it. */
export type Standing = {
  readonly name: string;
  readonly record: RegisteredVersion | undefined;
  readonly mark: VersionMark | undefined;
  readonly serves: boolean;
};

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** How much more often bytes are read that serve. */
const WEIGHT = 4;

const since = (moment: string | undefined, now: Date): number =>
  moment === undefined ? Number.POSITIVE_INFINITY : now.getTime() - Date.parse(moment);

/** How long nobody has looked at it, beyond what is planned. */
export const lateness = ({ record, mark, serves }: Standing, now: Date, { idleMinutes }: VerificationRules): number => {
  const waited = since(mark?.triedAt ?? record?.registeredAt, now);
  return waited - (serves || isOpen(mark) ? 0 : idleMinutes * MINUTE);
};

/** Something about it is unsettled. */
const isOpen = (mark: VersionMark | undefined): boolean => mark !== undefined && (mark.altered ?? mark.failed) !== null;

/** What this run looks at: what serves, then what is unsettled, then what waited longest. */
export const dueForCheck = (standings: readonly Standing[], now: Date, rules: VerificationRules): Standing[] => {
  const rank = ({ serves, mark }: Standing) => (serves ? 0 : isOpen(mark) ? 1 : 2);
  const isDue = (standing: Standing) => standing.mark === undefined || lateness(standing, now, rules) >= 0;
  const waited = (standing: Standing) => since(standing.mark?.triedAt, now);
  return standings
    .filter(isDue)
    .toSorted((a, b) => rank(a) - rank(b) || (waited(a) === waited(b) ? 0 : waited(b) - waited(a)));
};

/** How long its bytes were not hashed, all of them. */
export const hashAge = ({ record, mark }: Standing, now: Date): number =>
  since(mark?.hashedAt ?? record?.registeredAt, now);

export const isHashedLate = (standing: Standing, now: Date, { fullPeriodDays }: VerificationRules): boolean =>
  standing.record !== undefined && hashAge(standing, now) > fullPeriodDays * DAY;

/**
 * Whose bytes are read next. What was mended comes first, since somebody waits for it; then whoever waited longest, what
 * serves four times as often. One object that takes longer than a run must not keep the others waiting for ever, and what
 * was hashed just now is not read again only because there is budget left.
 */
export const dueForHashing = (
  standings: readonly Standing[],
  now: Date,
  { idleMinutes }: VerificationRules,
): Standing[] => {
  const rank = ({ mark }: Standing) => (mark?.altered?.now === false ? 0 : mark?.pass?.stuck === true ? 2 : 1);
  const urgency = (standing: Standing) => hashAge(standing, now) * (standing.serves ? WEIGHT : 1);
  const isDue = (standing: Standing) => standing.mark?.hashedAt == null || urgency(standing) >= idleMinutes * MINUTE;
  return standings
    .filter((standing) => standing.record !== undefined && isDue(standing))
    .toSorted((a, b) => rank(a) - rank(b) || urgency(b) - urgency(a));
};

/** One at random; one that serves is drawn four times as often. */
export const drawn = (standings: readonly Standing[], random: Random): Standing | undefined => {
  const weightOf = ({ serves }: Standing) => (serves ? WEIGHT : 1);
  let left = random() * standings.reduce((sum, standing) => sum + weightOf(standing), 0);
  return standings.find((standing) => {
    left -= weightOf(standing);
    return left < 0;
  });
};
