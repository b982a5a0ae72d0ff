import { randomUUID } from 'node:crypto';
import { GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { REQUEST_SOURCE } from '../../core/kernel/contract.ts';
import { RolloutRequested, rollout } from '../../core/rollout/contract.ts';
import { rolloutId } from '../../core/rollout/open-rollout.ts';
import { RolloutRecord, type RolloutState, stateOf } from '../../core/rollout/record.ts';
import { rolloutKeys } from '../../core/rollout/table.ts';
import { type Plane, shippedModel, submit } from './flight.ts';
import { eventually } from './local.ts';
import { type Serving, serve } from './serving.ts';
import { captured } from './traffic.ts';

const VERSIONS = ['1.0.0', '1.1.0'] as const;

/** A registered model with two versions, the first of which serves; both have answered before. */
export type Flight = Serving & { readonly model: string; readonly environment: string };

/** Registers both versions of a model that nothing else uses, under roots that the functions then name. */
export const registered = async (plane: Plane) => {
  const model = `iris-forest-${randomUUID().slice(0, 8)}`;
  const served = [];
  for (const version of VERSIONS) {
    const { answer } = await submit(plane, { model, version }, shippedModel('iris-forest', version, model).files);
    if (answer.outcome !== 'registered') throw new Error(JSON.stringify(answer.reasons));
    served.push({ model, version, root: answer.root ?? '' });
  }
  return { model, served };
};

export type Registered = Awaited<ReturnType<typeof registered>>;

/** A deployment of its own, of a model that may have others or of one that nothing else uses. */
export const flightOf = async (plane: Plane, of?: Registered, environment = 'production'): Promise<Flight> => {
  const { model, served } = of ?? (await registered(plane));
  const name = `${model}-${randomUUID().slice(0, 8)}`;
  return { ...(await serve(plane, name, served, environment)), model, environment };
};

type Target = Pick<Flight, 'model' | 'environment'> & { readonly deployment?: string };

export const requestFor = ({ model, environment, deployment }: Target, more: object = {}): RolloutRequested =>
  RolloutRequested.parse({ request: randomUUID(), model, version: VERSIONS[1], environment, deployment, ...more });

/** Puts requests on the bus, as CI does, and gives back the ids of what they open. */
export const ask = async (plane: Plane, ...requests: RolloutRequested[]): Promise<string[]> => {
  const Entries = requests.map((request) => ({
    EventBusName: plane.outputs.EventBusName,
    Source: REQUEST_SOURCE,
    DetailType: rollout.events.requested.type,
    Detail: JSON.stringify(request),
  }));
  await plane.eventbridge.send(new PutEventsCommand({ Entries }));
  return requests.map((request) => rolloutId(request, null));
};

export const recordOf = async (plane: Plane, id: string): Promise<RolloutRecord | undefined> => {
  const TableName = plane.outputs.RolloutTableName;
  const Key = marshall(rolloutKeys.rollout(id));
  const { Item } = await plane.ddb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  return Item === undefined ? undefined : RolloutRecord.parse(unmarshall(Item));
};

/** The record once it is in one of these states, and at this share if one is given. */
export const until = (
  plane: Plane,
  id: string,
  states: readonly RolloutState[],
  { share }: { share?: number } = {},
): Promise<RolloutRecord> => {
  let last = 'nothing';
  return eventually(
    `rollout ${id} to be ${states.join(' or ')}`,
    async () => {
      const record = await recordOf(plane, id);
      if (record !== undefined)
        last = `${stateOf(record)} at ${record.share}, ${JSON.stringify(record.reasons ?? record.held)}`;
      const there = record !== undefined && states.includes(stateOf(record));
      return there && (share === undefined || record.share === share) ? record : undefined;
    },
    { every: 250 },
  ).catch((cause: Error) => {
    throw new Error(`${cause.message}; it was ${last}`, { cause });
  });
};

/** What the plane told the world of a rollout, oldest first. */
export const factsOf = async (plane: Plane, id: string): Promise<string[]> => {
  const { Items = [] } = await plane.ddb.send(
    new ScanCommand({
      TableName: plane.outputs.RolloutTableName,
      FilterExpression: 'sk = :fact AND contains(detail, :rollout)',
      ExpressionAttributeValues: { ':fact': { S: 'FACT' }, ':rollout': { S: `"rollout":"${id}"` } },
    }),
  );
  return Items.map((item) => unmarshall(item))
    .map(({ type, detail }) => ({ type: String(type), at: String(JSON.parse(detail).occurredAt) }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ type }) => type.replace(/^rollout\.|\.v1$/g, ''));
};

type Health = { readonly canaryErrors?: number };

/**
 * Traffic through a deployment until it is disposed of: as much to each version as any judge needs, whatever the split.
 */
export const traffic = (plane: Plane, { model, deployment }: Flight, { canaryErrors = 0 }: Health = {}) => {
  const controller = new AbortController();
  const send = async () => {
    while (!controller.signal.aborted) {
      await captured(plane, { model, version: VERSIONS[0], deployment }, { requests: 225 });
      await captured(plane, { model, version: VERSIONS[1], deployment }, { requests: 105, errors: canaryErrors });
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  };
  const running = send();
  return {
    [Symbol.asyncDispose]: async () => {
      controller.abort();
      await running;
    },
  };
};
