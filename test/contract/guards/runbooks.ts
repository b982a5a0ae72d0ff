import { anchorsOf } from '../../../lib/platform/runbook.ts';
import { printed, resourcesOf, type Template } from '../../support/plane.ts';
import type { Sources } from './source.ts';

const LINK = /docs\/runbooks\/[a-z-]+\.md#[a-z0-9-]+/g;
/** How core links from a hold to a page: `'rollout#not-enough-data'`. */
const HOLD_LINK = /'([a-z-]+)#([a-z0-9-]+)'/g;
const PARTS = ['Means', 'Look', 'Do', 'Do not', 'Done when'];

/** Every page that a text sends its reader to: a document by its path, core from a hold. */
const linksIn = (path: string, text: string): string[] =>
  path.startsWith('core/')
    ? [...text.matchAll(HOLD_LINK)].map(([, file, anchor]) => `docs/runbooks/${file}.md#${anchor}`)
    : [...text.matchAll(LINK)].map(([link]) => link);

/** Alarms without a page, pages without an alarm, links to nowhere, pages that leave out what a tired person needs. */
export const runbookFaults = (template: Template, runbooks: Sources, texts: Sources): string[] => {
  const pages = new Set([...runbooks].flatMap(([path, text]) => anchorsOf(text).map((anchor) => `${path}#${anchor}`)));
  const groups = resourcesOf(template, 'AWS::CloudWatch::CompositeAlarm');
  const alarms = [...resourcesOf(template, 'AWS::CloudWatch::Alarm'), ...groups].map(([id, { Properties }]) => ({
    id,
    link: String(Properties.AlarmDescription ?? '').match(LINK)?.[0],
    tells: [Properties.AlarmActions, Properties.OKActions].every(
      (actions) => Array.isArray(actions) && actions.length > 0,
    ),
    speakers: groups.filter(([, group]) => printed(group.Properties.AlarmRule).includes(`<${id}.Arn>`)).length,
  }));
  const fromHolds = [...texts]
    .filter(([path]) => path.startsWith('core/'))
    .flatMap(([path, text]) => linksIn(path, text));
  const linked = new Set([...alarms.map(({ link }) => link), ...fromHolds]);
  return [
    ...alarms.filter(({ link }) => link === undefined).map(({ id }) => `${id} has no runbook`),
    ...alarms
      .filter(({ link }) => link !== undefined && !pages.has(link))
      .map(({ id, link }) => `${id}: no page ${link}`),
    ...alarms.filter(({ tells, speakers }) => !tells && speakers === 0).map(({ id }) => `${id} tells nobody`),
    ...alarms
      .filter(({ tells, speakers }) => Number(tells) + speakers > 1)
      .map(({ id }) => `${id} is told more than once`),
    ...[...pages].filter((page) => !linked.has(page)).map((page) => `${page} belongs to no alarm and no hold`),
    ...[...texts].flatMap(([path, text]) =>
      linksIn(path, text)
        .filter((link) => !pages.has(link))
        .map((link) => `${path}: no page ${link}`),
    ),
    ...[...runbooks].flatMap(([path, text]) =>
      text
        .split(/^## /m)
        .slice(1)
        .flatMap((page) =>
          PARTS.filter((part) => !page.includes(`**${part}.**`)).map(
            (part) => `${path}: "${page.split('\n')[0]}" does not say "${part}"`,
          ),
        ),
    ),
  ];
};
