import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkTemplate } from '../../core/scanning/formats/chat-template.ts';
import { Scan } from '../../core/scanning/scan.ts';
import { DEFAULT_LIMITS } from '../../core/scanning/scan-options.ts';
import { worked } from '../support/worked.ts';

const TEMPLATES = new URL('../vectors/scanning/templates/', import.meta.url);

const check = async (text: string) => {
  const scan = new Scan('m.gguf', DEFAULT_LIMITS, new Set());
  await checkTemplate(scan, text, { member: undefined });
  return scan;
};
const rules = async (text: string) => [...new Set((await check(text)).findings.map(({ rule }) => rule))].sort();

describe('a chat template', () => {
  test.each(readdirSync(TEMPLATES))('as published models have it (%s) is clean', async (name) => {
    const scan = await check(readFileSync(new URL(name, TEMPLATES), 'utf8'));

    expect(scan.findings).toEqual([]);
  });

  test.each([
    ['text alone', 'You are __init__ of a {helpful} assistant.'],
    ['raw text', '{% raw %}{{ x.__class__ }}{% endraw %}'],
    ['a comment', '{# {{ x.__class__ }} #}{{ x }}'],
    ['an object in an expression', "{{ {'a': {'b': 1}} }}"],
    ['closing signs in a string', "{{ '}} %} {{' ~ \"{% include 'x' %}\" }}"],
    ['names that are looked up in what is given', '{% for k in tools %}{{ tools[k][k|lower] }}{% endfor %}'],
    ['a method of a default', "{{ (message.content or '').replace('a', 'b') }}"],
  ])('with %s is clean', async (_what, text) => {
    expect(await rules(text)).toEqual([]);
  });

  test.each([
    ["{{ ''.__class__ }}"],
    ["{{ ''['__class__'] }}"],
    ["{{ ''['\\x5f_class__'] }}"],
    ["{{ ''['\\137\\137class__'] }}"],
    ["{{ ''['__cla' 'ss__'] }}"],
    ["{{ ''|attr('x') }}"],
    ["{{ x|map(attribute='__class__')|list }}"],
    ["{{ x|map(attribute='a.__class__')|list }}"],
    ["{{ x|selectattr('__class__')|list }}"],
    ["{{ x|map('attr', 'y')|list }}"],
    ['{{ self.__init__.__globals__ }}'],
    ["{{ cycler.__init__.__globals__.os.popen('id').read() }}"],
    ['{{ joiner.__init__ }}'],
    ['{{ namespace.__init__.__globals__ }}'],
    ['{{ raise_exception.__globals__ }}'],
    [
      "{% for x in ().__class__.__base__.__subclasses__() %}{% if 'warning' in x.__name__ %}{{ x()._module.__builtins__['__import__']('os').popen('touch /tmp/x') }}{% endif %}{% endfor %}",
    ],
    ['{{ messages.func_globals }}'],
    ['{{ loop.gi_frame.f_globals }}'],
    ['{{ ""["mro"] }}'],
    ["{% set x = '__globals__' %}{{ raise_exception[x] }}"],
    ['{% macro m() %}{% endmacro %}{{ m.__globals__ }}'],
    ['{% if x.__class__ %}{% endif %}'],
    ['{% set y = x._TemplateReference__context %}'],
    ['{{ namespace(__class__=1) }}'],
  ])('that reaches for the insides of Python, %s, is malicious', async (text) => {
    expect(await rules(text)).toContain('template.unsafe-access');
  });

  test.each([
    ["{{ x['__cl' ~ 'ass__'] }}"],
    ["{{ x['_' + '_class_' + '_'] }}"],
    ["{% set a = '_' %}{% set b = a ~ a ~ 'class' ~ a ~ a %}{{ x[b] }}"],
    ["{% set ns = namespace(a='') %}{% set ns.a = 'c' ~ 'd' %}{{ x[ns.a] }}"],
    ["{% set ns = namespace(l=[]) %}{% set y = ns.l.append('c' ~ 'd') %}{{ x[ns.l[0]] }}"],
    ["{{ x[['c', 'd']|join] }}"],
    ["{{ x['ssalc'[::-1]] }}"],
    ["{{ x['x_class'.replace('x', '_')] }}"],
    ['{% set a %}_{% endset %}{{ x[a] }}'],
    ['{% macro m() %}_{% endmacro %}{{ x[m()] }}'],
    ["{% macro m(k) %}{{ x[k] }}{% endmacro %}{{ m('a' ~ 'b') }}"],
    ["{% macro m(k='a' ~ 'b') %}{{ x[k] }}{% endmacro %}"],
    ["{% for k in ['a' ~ 'b'] %}{{ x[k] }}{% endfor %}"],
    ["{{ x['%c' % 95] }}"],
    ["{{ x['{}'|format(y)] }}"],
    ["{{ x[('a' ~ 'b') if y else 'c'] }}"],
    ["{{ x|map(attribute='a' ~ 'b')|list }}"],
  ])('that puts the name of an attribute together, %s, is suspicious', async (text) => {
    expect(await rules(text)).toContain('template.computed-access');
  });

  test.each([
    ['{{ cycler }}'],
    ['{{ self }}'],
    ['{% set n = namespace %}{{ n }}'],
    ["{{ lipsum('x') }}"],
    ["{{ open('/etc/passwd') }}"],
    ['{{ x.format(y) }}'],
    ["{{ x['pop']() }}"],
    ['{{ x()() }}'],
    ['{{ x|xmlattr }}'],
    ["{{ x|map('nothing') }}"],
    ['{{ x|map(y) }}'],
    ['{{ x is nothing }}'],
    ['{% filter nothing %}{% endfilter %}'],
  ])('with what no published template uses, %s, is suspicious', async (text) => {
    expect(await rules(text)).toEqual(['template.not-allowed']);
  });

  test.each([
    ['{{ 9999999999 * 9 }}'],
    ['{{ 9 ** 9 ** 9 }}'],
    ['{% for a in range(99999999) %}{% endfor %}'],
    ['{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}{% endfor %}{% endfor %}{% endfor %}'],
    ['{% set ns.a = ns.a ~ ns.a %}'],
  ])('that grows without end, %s, is suspicious', async (text) => {
    expect(await rules(text)).toEqual(['template.expansion']);
  });

  test.each([
    ['cut off in an expression', '{{ x', ['template.not-parsed']],
    ['with two subscripts in one', '{{ x[a b }}', ['template.not-parsed']],
    ['without an end', '{% if x %}', ['template.not-parsed']],
    ['with an unknown statement', '{% unknown %}', ['template.not-parsed']],
    ['with a letter that Python folds', '{{ x.ﬁ }}', ['template.not-parsed']],
    ['with a named character', "{{ '\\N{LOW LINE}' }}", ['template.not-parsed']],
    ['nested too deep', `{{ ${'('.repeat(100)}x${')'.repeat(100)} }}`, ['template.not-parsed']],
    ['with 50,000 negations', `{{ ${'not '.repeat(50_000)}x }}`, ['template.not-parsed']],
    ['too long', 'x'.repeat(300_000), ['template.not-parsed']],
    ['that includes a file', "{% include '/etc/passwd' %}", ['template.not-allowed', 'template.not-parsed']],
    ['that imports', "{% import 'os' as os %}", ['template.not-allowed', 'template.not-parsed']],
    [
      'that reaches inside, beside an unknown statement',
      '{% debug %}{{ x.__class__ }}',
      ['template.not-parsed', 'template.unsafe-access'],
    ],
  ])('%s is not clean', async (_what, text, expected) => {
    expect(await rules(text)).toEqual(expected);
  });

  /** The parser removes these marks before it looks for comments: what it then takes for one, Jinja2 runs. */
  test('cannot hide a tag behind the marks of the assistant', async () => {
    expect(await rules('{ {%- generation %}# {{ x.__class__ }} {% endgeneration %}#}')).toEqual([
      'template.unsafe-access',
    ]);
  });

  test('is judged in bounded time, whatever it is', async () => {
    const hostile = [' '.repeat(250_000), '{{'.repeat(100_000), `{{ ${' '.repeat(200_000)} }}`, '{#'.repeat(100_000)];
    const longString = `{{ "${' '.repeat(200_000)}" }}`;
    const deep = '{% if x %}'.repeat(20_000);
    const chain = Array.from({ length: 5_000 }, (_, i) => `{% set a${i} = a${i + 1} %}`).join('');

    const [, seconds] = await worked(async () => {
      for (const text of [...hostile, longString, deep, chain]) await check(text);
    });

    expect(seconds).toBeLessThan(5);
  });

  test('is never an exception, whatever it is made of', async () => {
    const pieces = [
      '{{',
      '}}',
      '{%',
      '%}',
      '{#',
      '#}',
      ' if ',
      ' set ',
      ' for ',
      ' in ',
      'x',
      '.',
      '[',
      ']',
      '(',
      ')',
      "'",
      '"',
      '\\',
      '|',
      '~',
      '=',
      ' endif ',
      '1',
      ',',
      ' macro ',
      '\n',
      '__class__',
      '*',
    ];

    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...pieces), { maxLength: 40 }), async (parts) => {
        await check(parts.join(''));
      }),
      { numRuns: 300 },
    );
  });
});
