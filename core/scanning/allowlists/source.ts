/**
 * Names that one library's pickles carry, `module: Name Name …`, one module a line (a line that starts with a space
 * continues). `calls` may be called while loading with arguments of the file's choosing, and get state of its choosing:
 * each has been looked at for what that can do. `bare` may only be called without arguments, as pickle calls a class to
 * fill it afterwards: of these only state setters have been looked at, not constructors. `mentions` may only be kept, as
 * an attribute or an argument.
 */
export type AllowlistSource = {
  readonly producer: string;
  /** The library version that the names were read from. */
  readonly version: string;
  readonly calls: string;
  readonly bare?: string;
  readonly mentions: string;
};

const SEPARATOR = '\n';

/** How a (module, name) pair is looked up. */
export const qualified = (module: string, name: string): string => `${module}${SEPARATOR}${name}`;

/** The pairs of one list, each as module and name. */
export const pairsOf = (list: string): (readonly [module: string, name: string])[] =>
  list
    .replaceAll(/\n[ \t]+/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line) => {
      const [module = '', names = ''] = line.split(':');
      return names
        .trim()
        .split(/\s+/)
        .map((name) => [module.trim(), name] as const);
    });
