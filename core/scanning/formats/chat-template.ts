import type { Scan } from '../scan.ts';
import { Judge } from '../templates/judge.ts';
import { NotATemplate, segmentsOf } from '../templates/segments.ts';

/** Where a template was found, and what it is called there, such as `tokenizer.chat_template`. */
export type TemplateWhere = {
  readonly member: string | undefined;
  readonly offset?: number;
  readonly name?: string;
};

/** Templates of published models have up to 30 KB. */
const LONGEST = 256 * 1024;

/** The parser knows no other statements; these bring in files or other templates. */
const LOADS = /\{%[-+]?\s*(?:include|import|from|extends)\b/;
/** CVE-2024-34359 and its kin, in whatever the parser does not take. */
const ESCAPES = /__(?:class|globals|builtins|import|mro|subclasses|bases?|init|getattribute|reduce|code|self)__/;

/**
 * Parses a chat template, runs nothing of it, and holds its syntax tree against what templates of published models
 * use. llama-cpp-python before 0.2.72 rendered templates outside of any sandbox (CVE-2024-34359).
 */
export const checkTemplate = async (scan: Scan, text: string, where: TemplateWhere): Promise<void> => {
  const { member, offset, name = 'the template' } = where;
  const at = { member, ...(offset === undefined ? {} : { offset }) };
  if (text.length > LONGEST) {
    scan.report('template.not-parsed', { what: `${name} has ${text.length} characters`, ...at });
    return;
  }
  const { treeOf } = await import('../templates/parse.ts');
  try {
    const segments = segmentsOf(text);
    new Judge(treeOf(segments), segments.strings, (rule, what) =>
      scan.report(rule, { what: `${name}: ${what}`, ...at }),
    );
  } catch (cause) {
    // The parser throws Error, SyntaxError, TypeError (cut off) and RangeError (too deep) for what it cannot take.
    if (!(cause instanceof Error)) throw cause;
    const reason = cause instanceof NotATemplate ? cause.message : 'its syntax is not understood';
    scan.report('template.not-parsed', { what: `${name}: ${reason}`, ...at });
    if (LOADS.test(text)) scan.report('template.not-allowed', { what: `${name} loads other templates`, ...at });
    if (ESCAPES.test(text)) scan.report('template.unsafe-access', { what: `${name} names Python internals`, ...at });
  }
};
