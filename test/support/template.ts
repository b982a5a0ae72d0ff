import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assemblyOf, governanceApp } from '../../local/synth.ts';

type Json = Record<string, unknown>;
export type Resource = { Type: string; Properties: Json };
export type Template = Record<string, Resource>;
export type Statement = { effect: string; actions: string[]; on: string[]; condition: unknown };

/** The resources of the stack that the local AWS deploys: the same assembly, byte for byte. */
export const deployedTemplate = async (): Promise<Template> => {
  const folder = await assemblyOf(governanceApp, {}, console.error).synthesise();
  const file = readdirSync(folder).find((name) => name.endsWith('.template.json')) ?? '';
  return JSON.parse(readFileSync(join(folder, file), 'utf8')).Resources;
};

export const ofType = (template: Template, type: string): [string, Json][] =>
  Object.entries(template)
    .filter(([, { Type }]) => Type === type)
    .map(([id, { Properties }]) => [id, Properties]);

/** The logical ids that a value of the template refers to. */
export const idsIn = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  if (typeof value !== 'object' || value === null) return [];
  const { Ref, 'Fn::GetAtt': attribute } = value as { Ref?: string; 'Fn::GetAtt'?: string[] };
  if (Ref !== undefined) return Ref.startsWith('AWS::') ? [] : [Ref];
  if (attribute !== undefined) return attribute.slice(0, 1);
  return Object.values(value).flatMap(idsIn);
};

const many = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

export const statementsOf = (document: unknown): Statement[] =>
  many((document as { Statement: unknown }).Statement).map((statement) => {
    const { Effect, Action, Resource, Condition } = statement as Json;
    return { effect: String(Effect), actions: many(Action).map(String), on: idsIn(Resource), condition: Condition };
  });

/** What a role may do, from every policy of the stack that names it. */
export const grantsOf = (template: Template, role: string): Statement[] =>
  ofType(template, 'AWS::IAM::Policy')
    .filter(([, { Roles }]) => idsIn(Roles).includes(role))
    .flatMap(([, { PolicyDocument }]) => statementsOf(PolicyDocument));

export const grantedOn = (template: Template, role: string, action: string): string[] =>
  grantsOf(template, role)
    .filter(({ actions }) => actions.includes(action))
    .flatMap(({ on }) => on);
