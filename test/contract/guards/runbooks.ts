import { anchorsOf } from '../../../lib/platform/runbook.ts';
import { printed, resourcesOf, type Template } from '../../support/plane.ts';
import type { Sources } from './source.ts';

const LINK = /docs\/runbooks\/[a-z-]+\.md#[a-z0-9-]+/g;
const PARTS = ['Means', 'Look', 'Do', 'Do not', 'Done when'];

/** Alarms without a page, pages without an alarm, links to nowhere, pages that leave out what a tired person needs. */
export const runbookFaults = (template: Template, runbooks: Sources, documents: Sources): string[] => {
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
  const linked = new Set(alarms.map(({ link }) => link));
  return [
    ...alarms.filter(({ link }) => link === undefined).map(({ id }) => `${id} has no runbook`),
    ...alarms
      .filter(({ link }) => link !== undefined && !pages.has(link))
      .map(({ id, link }) => `${id}: no page ${link}`),
    ...alarms.filter(({ tells, speakers }) => !tells && speakers === 0).map(({ id }) => `${id} tells nobody`),
    ...alarms
      .filter(({ tells, speakers }) => Number(tells) + speakers > 1)
      .map(({ id }) => `${id} is told more than once`),
    ...[...pages].filter((page) => !linked.has(page)).map((page) => `${page} belongs to no alarm`),
    ...[...documents].flatMap(([path, text]) =>
      [...text.matchAll(LINK)].filter(([link]) => !pages.has(link)).map(([link]) => `${path}: no page ${link}`),
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
