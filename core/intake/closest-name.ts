/** Levenshtein distance, given up as `limit + 1` once no cheaper path is left. */
const distance = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const row = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const substituted = (previous[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      row.push(Math.min(substituted, (previous[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? limit + 1;
};

const LONGEST_NAME = 40;
const plain = (name: string) => name.toLowerCase().replaceAll(/[-_ ]/g, '');

/** The known name that was probably meant: another spelling of it, or at most a third of its letters away. */
export const closestName = (name: string, known: readonly string[]): string | undefined => {
  if (name.length > LONGEST_NAME) return undefined;
  const wanted = plain(name);
  const [best] = known
    .map((candidate) => {
      const limit = Math.max(1, Math.floor(candidate.length / 3));
      return { candidate, limit, away: distance(wanted, plain(candidate), limit) };
    })
    .filter(({ away, limit }) => away <= limit)
    .sort((a, b) => a.away - b.away);
  return best?.candidate;
};
