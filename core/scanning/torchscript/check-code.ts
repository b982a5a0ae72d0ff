import { ATEN, BUILTINS, COMPUTING, OPENING, PRIM, TORCHVISION } from '../allowlists/torchscript.ts';
import type { RuleId } from '../rules.ts';
import { type Token, tokensOf } from './tokens.ts';

type Report = (rule: RuleId, what: string) => void;

const KEYWORDS = new Set(
  'and as assert break class continue def elif else False for from if import in is lambda None not or pass raise return True while with'.split(
    ' ',
  ),
);
const withoutUnderscore = (name: string): string => (name.endsWith('__') ? name : name.replace(/_$/, ''));
const isAten = (name: string): boolean => ATEN.has(name) || ATEN.has(withoutUnderscore(name));

/** Operators by namespace: what computes, what opens, and the rest, of which nothing is known. */
const judgeOperator = (namespace: string, name: string, report: Report): void => {
  const what = `the operator ${namespace}::${name}`;
  if (OPENING.has(name)) report('torch.script-opens', what);
  else if (namespace === 'aten' || namespace === 'prim') {
    if (!isAten(name) && !PRIM.has(name)) report('torch.script', `${what}, which is not known`);
  } else if (namespace === 'torchvision') {
    if (!TORCHVISION.has(name)) report('torch.script-operator', what);
  } else if (!COMPUTING.has(namespace)) report('torch.script-operator', what);
};

/** Tokens in which the name that `getattr` asks for must stand. */
const LONGEST_GETATTR = 40;

const CLASSES = '__torch__.torch.classes.';

class CodeCheck {
  readonly #defined: ReadonlySet<string>;
  readonly #report: Report;

  constructor(defined: ReadonlySet<string>, report: Report) {
    this.#defined = defined;
    this.#report = report;
  }

  run(tokens: readonly Token[]): void {
    for (const [i, token] of tokens.entries()) {
      if (token.kind !== 'name') continue;
      const before = tokens[i - 1]?.text;
      if (before === 'import') this.#import(token.text);
      else if (before === '.') this.#attributes(token.text.split('.'), isCall(tokens, i));
      else if (before !== 'def' && before !== 'class') this.#chain(token.text, isCall(tokens, i));
      if (token.text === 'getattr') this.#getattr(tokens.slice(i + 1, i + LONGEST_GETATTR));
    }
  }

  #import(module: string): void {
    if (!/^__torch__(?:\.|$)/.test(module)) this.#report('torch.script', `an import of ${module}`);
  }

  #chain(text: string, called: boolean): void {
    const [root = '', ...rest] = text.split('.');
    if (root === '__torch__') this.#class(text);
    else if (root === 'torch') this.#builtin(rest);
    else if (root === 'ops') judgeOperator(rest[0] ?? '', rest[1] ?? '', this.#report);
    else if (rest.length > 0) this.#attributes(rest, called);
    else if (called && !KEYWORDS.has(root) && !BUILTINS.has(root) && !this.#defined.has(root))
      this.#report('torch.script', `a call of ${root}, which is not known`);
  }

  #builtin(rest: readonly string[]): void {
    if (rest.length === 1) judgeOperator('aten', rest[0] ?? '', this.#report);
    else this.#report('torch.script', `torch.${rest.join('.')}, which is not known`);
  }

  /** Classes written in C++ belong to the library of their namespace. */
  #class(text: string): void {
    if (!text.startsWith(CLASSES)) return;
    const [namespace = '', name = ''] = text.slice(CLASSES.length).split('.');
    if (!COMPUTING.has(namespace)) this.#report('torch.script-operator', `the class ${namespace}.${name}`);
  }

  /** On a tensor or a text, a method that the code does not define is an operator. */
  #attributes(names: readonly string[], called: boolean): void {
    const last = names.at(-1) ?? '';
    for (const name of names) if (OPENING.has(name)) this.#report('torch.script-opens', `the method ${name}`);
    if (called && !this.#defined.has(last) && !isAten(last) && !PRIM.has(last) && !OPENING.has(last))
      this.#report('torch.script', `the method ${last}, which is not known`);
  }

  /** `getattr(x, "name")` */
  #getattr(tokens: readonly Token[]): void {
    const name = tokens
      .slice(
        0,
        tokens.findIndex(({ text, kind }) => kind === 'sign' && text === ')'),
      )
      .findLast(({ kind }) => kind === 'string');
    if (name === undefined) this.#report('torch.script', 'an attribute of a computed name');
    else if (OPENING.has(name.text)) this.#report('torch.script-opens', `the method ${name.text}`);
  }
}

const isCall = (tokens: readonly Token[], i: number): boolean =>
  tokens[i + 1]?.kind === 'sign' && tokens[i + 1]?.text === '(';

/** Names that the code gives to functions, classes and values itself. */
const definitions = (tokens: readonly Token[]): string[] =>
  tokens.flatMap(({ kind, text }, i) => {
    if (kind !== 'name' || text.includes('.')) return [];
    const before = tokens[i - 1]?.text;
    const after = tokens[i + 1];
    const bound = after?.kind === 'sign' && /[=,:]/.test(after.text);
    return before === 'def' || before === 'class' || bound ? [text] : [];
  });

/** @throws SyntaxError for what is not code as torch writes it */
export const checkCode = (sources: readonly string[], report: Report): void => {
  const files = sources.map(tokensOf);
  const defined = new Set(files.flatMap(definitions));
  const check = new CodeCheck(defined, report);
  for (const tokens of files) check.run(tokens);
};
