import { checkTemplate } from '../formats/chat-template.ts';
import { checkModule } from '../mlflow/kinds.ts';
import { checkProject, isProjectFile } from '../requirements/check-project.ts';
import { checkRequirements } from '../requirements/check-requirements.ts';
import { isRequirementFile } from '../requirements/names.ts';
import type { Scan } from '../scan.ts';

/** Texts that are neither JSON nor YAML, and are opened by name. */
export type TextKind = {
  readonly format: string;
  is(name: string): boolean;
  check(scan: Scan, text: string, member: string | undefined): void | Promise<void>;
};

const NAMED_MODULE = /(?:^|\/)(pickle_module_info|keras_module)\.txt$/;

export const TEXTS: readonly TextKind[] = [
  {
    format: 'chat-template',
    is: (name) => /\.(?:jinja2?|j2)$/i.test(name),
    check: (scan, text, member) => checkTemplate(scan, text, { member }),
  },
  { format: 'requirements', is: isRequirementFile, check: checkRequirements },
  { format: 'project', is: isProjectFile, check: checkProject },
  {
    format: 'module-name',
    is: (name) => NAMED_MODULE.test(name),
    check: (scan, text, member) => checkModule(scan, { name: 'the file', text, member }),
  },
];
