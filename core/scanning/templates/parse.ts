import { parse, tokenize } from '@huggingface/jinja';
import { NotATemplate, type Segments } from './segments.ts';
import type { Node } from './syntax.ts';

/**
 * This file is imported when there is a template: the parser is large, and few files have one.
 *
 * The syntax tree of what `segmentsOf` left of a template.
 * @throws Error, of several kinds, for what the parser cannot take
 */
export const treeOf = ({ source, tags }: Segments): Node => {
  const tokens = tokenize(source);
  const opened = (tokens as readonly { type: string }[]).filter(
    ({ type }) => type === 'OpenStatement' || type === 'OpenExpression',
  ).length;
  if (opened !== tags) throw new NotATemplate('tags that readers count differently');
  return parse(tokens);
};
