import { show } from '../core/kernel/reason.ts';
import { type ModelDetail, type ModelList, registryApi } from '../core/registry/api.ts';
import { EXIT, type Outcome } from './outcome.ts';
import type { Plane } from './plane.ts';
import { inBytes, table } from './text.ts';
import { verifiedCell } from './verified-text.ts';

export const allModels = async (plane: Plane): Promise<ModelList['models']> => {
  const models: ModelList['models'] = [];
  let next: string | undefined;
  do {
    const page = await plane.ask(registryApi.models, {}, next);
    models.push(...(page?.models ?? []));
    next = page?.next;
  } while (next !== undefined);
  return models;
};

/** Every registered model. */
export const listModels = async (plane: Plane): Promise<Outcome<{ models: ModelList['models'] }>> => {
  const models = await allModels(plane);
  const rows = models.map(({ model, latest, versions, owner, updatedAt }) => [
    model,
    latest,
    String(versions),
    owner,
    updatedAt,
  ]);
  const text =
    rows.length === 0
      ? 'No model is registered yet.'
      : table([['MODEL', 'LATEST', 'VERSIONS', 'OWNER', 'UPDATED'], ...rows]).join('\n');
  return { exitCode: EXIT.yes, document: { models }, text };
};

type NoModel = { readonly model: string; readonly versions: readonly [] };

/** Every registered version of a model. */
export const listVersions = async (model: string, plane: Plane): Promise<Outcome<ModelDetail | NoModel>> => {
  const detail = await plane.ask(registryApi.model, { model });
  if (detail === undefined)
    return {
      exitCode: EXIT.no,
      document: { model, versions: [] },
      text: `✗ no version of ${show(model)} is registered`,
    };
  const rows = detail.versions.map(({ version, tier, format, files, bytes, registeredAt, verified, root }) => [
    version,
    tier,
    format,
    String(files),
    inBytes(bytes),
    registeredAt,
    verifiedCell(verified),
    root,
  ]);
  const header = ['VERSION', 'TIER', 'FORMAT', 'FILES', 'SIZE', 'REGISTERED', 'VERIFIED', 'ROOT'];
  return { exitCode: EXIT.yes, document: detail, text: table([header, ...rows]).join('\n') };
};
