import type { Plane } from '../../cli/plane.ts';
import { registryApi } from '../../core/registry/api.ts';
import { shippedModel } from './model-files.ts';
import type { Narrator } from './narrator.ts';
import type { PlaneClient } from './plane-client.ts';
import { SITES, WINE } from './sites.ts';

export type Ground = { client: PlaneClient; plane: Plane; tell: Narrator };

const registered = async ({ client, plane, tell }: Ground, version: string, began: number): Promise<boolean> => {
  const subject = { model: WINE.model, version };
  const status = await plane.ask(registryApi.status, subject);
  if (status?.registered !== undefined) {
    tell.moment(Date.now() - began, `${WINE.model} ${version}`, 'stands registered');
    return true;
  }
  const { files } = shippedModel(WINE.model, version, WINE.model);
  const { outcome, reasons } = await client.answer(subject, await client.drop(subject, files));
  tell.moment(Date.now() - began, `${WINE.model} ${version}`, outcome);
  for (const { message } of reasons) tell.note(`• ${message}`);
  return outcome === 'registered';
};

/** Both versions are cleared before either may be rolled out. */
export const prepare = async (ground: Ground) => {
  const began = Date.now();
  const answers = await Promise.all([WINE.first, WINE.second].map((version) => registered(ground, version, began)));
  for (const { deployment, environment } of Object.values(SITES))
    ground.tell.note(`${deployment} in ${environment}: a Lambda alias, all requests to ${WINE.first}`);
  const ok = answers.every(Boolean);
  return { ok, outcome: ok ? 'both versions registered' : 'not registered' };
};
