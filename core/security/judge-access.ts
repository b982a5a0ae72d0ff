import type { ApiCall } from '../kernel/api-call.ts';
import type { Clock } from '../kernel/clock.ts';
import { type Fact, factId } from '../kernel/fact.ts';
import { type AccessRefused, OBJECT_CALLS, security } from './contract.ts';

export type JudgeAccessPorts = {
  readonly outbox: { put(fact: Fact): Promise<void> };
  readonly clock: Clock;
  readonly modelBucket: string;
};

const OF_A_VERSION = /^models\/([^/]{1,256})\/([^/]{1,256})\/./;
const REFUSED = 'AccessDenied';
const LONGEST = 1024;

/**
 * Tells of a refused access to a model object: once for each caller, call, version and day, since a server that may not
 * read its model tries again for as long as it runs.
 */
export const judgeAccess =
  ({ outbox, clock, modelBucket }: JudgeAccessPorts) =>
  async (call: ApiCall): Promise<'told' | 'passed-over'> => {
    const { bucketName, key } = call.asked;
    if (call.service !== 's3' || call.refused !== REFUSED || !OBJECT_CALLS.includes(call.name)) return 'passed-over';
    if (bucketName !== modelBucket || typeof key !== 'string') return 'passed-over';
    const [, model, version] = OF_A_VERSION.exec(key) ?? [];
    if (model === undefined || version === undefined) return 'passed-over';
    const event = security.events.accessRefused;
    const detail: AccessRefused = {
      id: factId(event, call.by.arn, call.name, modelBucket, model, version, call.at.slice(0, 10)),
      occurredAt: clock.now().toISOString(),
      correlationId: call.id,
      call: { id: call.id, at: call.at, name: call.name, by: call.by.arn, account: call.account },
      bucket: modelBucket,
      key: key.slice(0, LONGEST).toWellFormed(),
      model,
      version,
    };
    await outbox.put({ id: detail.id, type: event.type, detail });
    return 'told';
  };
