import type { Kind } from './document.ts';
import { type Fields, isFields, objectsIn } from './walk.ts';

/** Cells of version 4, and, within worksheets and under another name, of version 3. */
const isCode = ({ cell_type: kind, source, input }: Fields): boolean => {
  const text = source ?? input;
  return (
    kind === 'code' &&
    /\S/.test(Array.isArray(text) ? text.filter((line) => typeof line === 'string').join('') : String(text ?? ''))
  );
};

/** https://nbformat.readthedocs.io/en/latest/format_description.html */
const notebook: Kind = {
  format: 'notebook',
  is: ({ value }) =>
    isFields(value) && 'nbformat' in value && (Array.isArray(value.cells) || Array.isArray(value.worksheets)),
  check: (scan, { value, member }) => {
    let cells = 0;
    for (const each of objectsIn(value)) if (isCode(each)) cells += 1;
    if (cells > 0) scan.report('code.notebook', { what: `${cells} cells of code`, member });
  },
};

export const NOTEBOOK_KINDS: readonly Kind[] = [notebook];
