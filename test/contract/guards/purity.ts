import { type Sources, withoutComments } from './source.ts';

/** What makes a function depend on when, where or how often it runs. */
const IMPURE: readonly [RegExp, string][] = [
  [/\bDate\.now\b|\bnew Date\(\s*\)|(?<!new )\bDate\(\s*\)|\bTemporal\.Now\b|\bperformance\b/, 'reads a clock'],
  [/\bMath\.random\b|\brandom(?:UUID|Bytes|Int|FillSync|Fill)\b|\bgetRandomValues\b/, 'is random'],
  [/\bprocess\.|\bimport\.meta\b|\bglobalThis\b/, 'reads its environment'],
  // Not the name of a host in an address.
  [/(?<!\/\/)\bconsole\./, 'logs'],
  [/\bsetTimeout\b|\bsetInterval\b|\bsetImmediate\b|\bfetch\(/, 'waits or talks to the world'],
];

/** Lines of core that are not a function of their arguments. */
export const impurities = (sources: Sources): string[] =>
  [...sources].flatMap(([path, text]) =>
    withoutComments(text)
      .split('\n')
      .flatMap((line, index) =>
        IMPURE.filter(([pattern]) => pattern.test(line)).map(
          ([, what]) => `${path}:${index + 1} ${what}: ${line.trim()}`,
        ),
      ),
  );
