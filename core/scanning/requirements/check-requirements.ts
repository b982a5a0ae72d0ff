import { type Kind, shown } from '../documents/document.ts';
import { type Fields, isFields } from '../documents/walk.ts';
import type { Scan } from '../scan.ts';
import { judgeRequirement, type RequirementRule } from './judge-requirement.ts';
import { isKnownIndex } from './known-indexes.ts';

type Member = string | undefined;

const reportRequirement = (scan: Scan, line: string, member: Member): void => {
  for (const rule of judgeRequirement(line)) scan.report(rule, { what: shown(line.trim()), member });
};

/** A comment begins a line or follows a space. */
const COMMENT = /(?:^|\s)#.*$/;

/** https://pip.pypa.io/en/stable/reference/requirements-file-format/ */
export const checkRequirements = (scan: Scan, text: string, member: Member): void => {
  const lines = text.replace(/\\\r?\n/g, ' ').split(/\r?\n|\r/);
  for (const line of new Set(lines)) reportRequirement(scan, line.replace(COMMENT, ''), member);
};

const report = (scan: Scan, rule: RequirementRule, what: string, member: Member) => scan.report(rule, { what, member });

/** `channel::name=version=build`, or the versions of pip. */
const CONDA = /^(?:[\w./-]+::)?[A-Za-z0-9_][\w.*+!<>=~, -]*(?:\[[\w.*+!<>=~, '":/-]*\])?$/;

const checkConda = (scan: Scan, dependency: string, member: Member): void => {
  if (CONDA.test(dependency.trim())) return;
  const rule = judgeRequirement(dependency)[0] ?? 'requirements.malformed';
  report(scan, rule, shown(dependency), member);
};

/** Of anaconda.org, some with a label. */
const CHANNEL = /^[\w-]+(?:\.[\w-]+)*(?:\/[\w.-]+)*$/;

const checkChannels = (scan: Scan, channels: unknown, member: Member): void => {
  for (const channel of Array.isArray(channels) ? channels : [])
    if (typeof channel !== 'string' || !(CHANNEL.test(channel) || isKnownIndex(channel)))
      report(scan, 'requirements.index', `the channel ${shown(channel)}`, member);
};

const checkDependencies = (scan: Scan, given: { list: unknown; conda: boolean; member: Member }): void => {
  const { list, conda, member } = given;
  for (const each of Array.isArray(list) ? list : []) {
    if (typeof each === 'string') {
      if (conda) checkConda(scan, each, member);
      else reportRequirement(scan, each, member);
    } else if (isFields(each)) checkDependencies(scan, { list: each.pip, conda: false, member });
  }
};

const isListOfPackages = (value: unknown): value is Fields =>
  isFields(value) &&
  Array.isArray(value.dependencies) &&
  value.dependencies.every((each) => typeof each === 'string' || isFields(each));

/** `conda.yaml` and `environment.yml`, and MLflow's `python_env.yaml`, whose lists are for pip. */
const environment: Kind = {
  format: 'environment',
  is: ({ value, name }) =>
    isListOfPackages(value) && ('channels' in value || 'build_dependencies' in value || /env|conda/i.test(name)),
  check: (scan, { value, member }) => {
    const { channels, dependencies, build_dependencies: build } = value as Fields;
    const conda = build === undefined && !('python' in (value as Fields));
    checkChannels(scan, channels, member);
    checkDependencies(scan, { list: dependencies, conda, member });
    checkDependencies(scan, { list: build, conda: false, member });
  },
};

export const REQUIREMENT_KINDS: readonly Kind[] = [environment];
