import type { QueryPorts } from '../../core/registry/answer-query.ts';
import { VersionMark, verifiedOf } from '../../core/verification/contract.ts';
import { verificationKeys } from '../../core/verification/table.ts';
import { rethrow } from '../platform/aws-errors.ts';
import { queryItems } from '../platform/dynamodb.adapter.ts';

/** What continuous verification remembers of the versions of a model. */
export const verifiedVersions =
  (table: string): QueryPorts['verified'] =>
  async (model) => {
    const items = await queryItems({ table, ...verificationKeys.marksOf(model) }).catch(rethrow);
    const marks = items.map(({ mark }) => VersionMark.parse(JSON.parse(String(mark))));
    return new Map(marks.map((mark) => [mark.version, verifiedOf(mark)]));
  };
