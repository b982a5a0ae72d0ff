import { type Document, type Kind, shown } from '../documents/document.ts';
import { judgeImport } from '../documents/imports.ts';
import { entriesIn, type Fields, isFields } from '../documents/walk.ts';
import { leavesFolder } from '../paths.ts';
import type { Scan } from '../scan.ts';
import { LOADERS, NAMED_MODULES, PATHS, PYTHON_LOADERS } from './allowed.ts';

type Member = string | undefined;

/** Files of the code folder that would be the module, or the package that it is in. */
const filesOf = (code: string, module: string): string[] => {
  const [top = module] = module.split('.');
  return [...new Set([module.replaceAll('.', '/'), top])].flatMap((name) => [
    `${code}/${name}.py`,
    `${code}/${name}/__init__.py`,
  ]);
};

const checkLoader = (scan: Scan, flavor: Fields, member: Member): void => {
  const { loader_module: loader, code } = flavor;
  if (loader === undefined) return;
  const what = `loader_module is ${shown(loader)}`;
  if (typeof loader !== 'string') scan.report('mlflow.loader-module', { what, member });
  else if (PYTHON_LOADERS.has(loader)) scan.report('mlflow.python-model', { what, member });
  else if (!LOADERS.has(loader)) {
    const dangerous = judgeImport(loader, LOADERS) === 'dangerous';
    scan.report(dangerous ? 'mlflow.loader-dangerous' : 'mlflow.loader-module', { what, member });
  }
  if (typeof loader === 'string' && typeof code === 'string' && member === undefined)
    for (const file of filesOf(code.replace(/\/+$/, ''), loader)) scan.reference(file);
};

const checkFlavor = (scan: Scan, flavor: Fields, member: Member): void => {
  checkLoader(scan, flavor, member);
  const { code, model_code_path: file, keras_module: keras } = flavor;
  if (code !== undefined && code !== null && code !== '')
    scan.report('mlflow.code-path', { what: `code is ${shown(code)}`, member });
  if (file !== undefined && file !== null)
    scan.report('mlflow.model-code', { what: `model_code_path is ${shown(file)}`, member });
  if (keras !== undefined) checkModule(scan, { name: 'keras_module', text: keras, member });
};

/** The name of a module that a flavor imports to load the rest. */
export const checkModule = (
  scan: Scan,
  { name, text, member }: { name: string; text: unknown; member: Member },
): void => {
  const module = String(text).trim();
  if (NAMED_MODULES.has(module)) return;
  const dangerous = judgeImport(module, NAMED_MODULES) === 'dangerous';
  scan.report(dangerous ? 'mlflow.loader-dangerous' : 'mlflow.loader-module', {
    what: `${name} is ${shown(module)}`,
    member,
  });
};

const isModel = ({ value, name }: Document): boolean =>
  isFields(value) && (/(?:^|\/)MLmodel$/.test(name) || (isFields(value.flavors) && 'python_function' in value.flavors));

const model: Kind = {
  format: 'mlflow-model',
  is: isModel,
  check: (scan, { value, member }) => {
    const { flavors, saved_input_example_info: example } = value as Fields;
    if (isFields(flavors))
      for (const flavor of Object.values(flavors)) if (isFields(flavor)) checkFlavor(scan, flavor, member);
    const paths = [...entriesIn(flavors)].filter(({ key }) => PATHS.has(key));
    const examples = [...entriesIn(example)].filter(({ key }) => key === 'artifact_path');
    for (const { key, value: path } of [...paths, ...examples])
      if (typeof path === 'string' && leavesFolder(path))
        scan.report('mlflow.path', { what: `${key} is ${shown(path)}`, member });
  },
};

export const MLFLOW_KINDS: readonly Kind[] = [model];
