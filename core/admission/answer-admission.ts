import type { z } from 'zod';
import type { Digest } from '../kernel/digest.ts';
import type { EvidenceStore } from '../kernel/evidence.ts';
import type { DeploymentName } from '../kernel/identity.ts';
import type { AdmitRequest, AdmitResponse } from './api.ts';
import type { AdmissionQuestion, admission, GivenVerdict } from './contract.ts';

type Asked = z.output<typeof admission.tasks.admitVersion.input>;

/** What would serve a version of a model in an environment. */
export type ServedBehind = (door: AdmitRequest & { readonly deployment: DeploymentName }) => Promise<
  | {
      /** Null: it names none. */
      readonly root: Digest | null;
    }
  /** There is no such deployment of this model in this environment. */
  | undefined
>;

export type DoorPorts = {
  readonly admit: (asked: Asked) => Promise<GivenVerdict>;
  readonly evidence: Pick<EvidenceStore, 'get'>;
  readonly servedBehind: ServedBehind;
};

type Target = AdmissionQuestion['target'];

const targetOf = async (ports: DoorPorts, { deployment, ...asked }: AdmitRequest): Promise<Target | undefined> => {
  if (deployment === undefined) return null;
  const served = await ports.servedBehind({ ...asked, deployment });
  return served === undefined ? undefined : { deployment, served: served.root };
};

/**
 * Asks admission for somebody outside, who gets the signed document too: whoever keeps a door can check it without us.
 * What the target would serve is looked up here, never taken from the request.
 * @returns nothing where the model has no such deployment in that environment
 */
export const answerAdmission =
  (ports: DoorPorts) =>
  async (request: AdmitRequest, correlationId: string): Promise<AdmitResponse | undefined> => {
    const target = await targetOf(ports, request);
    if (target === undefined) return undefined;
    const { model, version, environment } = request;
    const answer = await ports.admit({ question: { model, version, environment, target, step: null }, correlationId });
    return { answer, bundle: answer.verdict === null ? null : await ports.evidence.get(answer.verdict.key) };
  };
