import type { Verified } from '../core/verification/contract.ts';
import { oneLine, reasonLines } from './text.ts';

/** What continuous verification found of a registered version, in words. */

export const isAltered = (verified: Verified | undefined): boolean => verified?.alteredSince != null;

const lastLook = ({ checkedAt, hashedAt }: Verified): string => {
  if (checkedAt === null) return '  not verified since it was registered';
  const bytes = hashedAt === null ? 'not all of its bytes hashed again yet' : `every byte hashed since ${hashedAt}`;
  return `  verified ${checkedAt}, ${bytes}`;
};

export const verifiedLines = (verified: Verified | undefined): string[] => {
  if (verified === undefined) return [];
  const { alteredSince, reasons, quarantinedAt, failed } = verified;
  return [
    ...(alteredSince === null ? [lastLook(verified)] : [`  ✗ not what was registered since ${alteredSince}`]),
    ...reasonLines(reasons).map((line) => `  ${line}`),
    ...(quarantinedAt === null ? [] : [`    nobody may read it since ${quarantinedAt}`]),
    ...(failed === null
      ? []
      : [`  ? could not be looked at since ${failed.since}: ${oneLine(`${failed.error}: ${failed.cause}`)}`]),
  ];
};

/** In one cell of a table. */
export const verifiedCell = (verified: Verified | undefined): string => {
  if (isAltered(verified)) return 'ALTERED';
  return verified?.checkedAt ?? 'not yet';
};
