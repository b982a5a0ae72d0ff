import { show } from '../core/kernel/reason.ts';
import { misused } from './outcome.ts';

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const SPAN = /^([1-9][0-9]{0,4})([mhd])$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** A time to come, as people write it: `2h`, or a time with its offset, which no two people read differently. */
export const timeToCome = (path: string, said: string, now: Date): string => {
  const [, count = '', unit = 'm'] = SPAN.exec(said) ?? [];
  const at =
    count === ''
      ? new Date(TIME.test(said) ? said : Number.NaN)
      : new Date(now.getTime() + Number(count) * UNITS[unit as 'm']);
  const wrong = { path, found: show(said), allowed: '30m, 2h, 3d, or a time such as 2026-11-24T18:00:00+01:00' };
  if (Number.isNaN(at.getTime())) throw misused({ ...wrong, message: 'this is no time' });
  if (at <= now) throw misused({ ...wrong, message: 'this time has passed' });
  return at.toISOString();
};

/** How long ago, in the two units that matter: `3 h 12 min`. */
export const lasted = (from: string, to: Date): string => {
  const minutes = Math.max(0, Math.floor((to.getTime() - Date.parse(from)) / UNITS.m));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
};
