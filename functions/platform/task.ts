import middy from '@middy/core';
import type { z } from 'zod';
import type { TaskContract } from '../../core/kernel/contract.ts';
import { OutputTooLarge } from '../../core/kernel/failures.ts';
import { logAbout, logFailure, logger } from './log.ts';

/** Step Functions ends an execution above 256 KiB; a task says so by name before that. */
const MAX_OUTPUT_BYTES = 200 * 1024;

/** A workflow step: input and output are checked against the contract, failures cross the wire by their names. */
export const task = <Contract extends TaskContract>(
  contract: Contract,
  useCase: (input: z.output<Contract['input']>) => Promise<z.input<Contract['output']>>,
) =>
  middy<unknown, unknown>()
    .onError(({ error }) => logFailure(error))
    .handler(async (event: unknown) => {
      logAbout(event);
      const output = contract.output.parse(await useCase(contract.input.parse(event) as z.output<Contract['input']>));
      const bytes = Buffer.byteLength(JSON.stringify(output));
      if (bytes > MAX_OUTPUT_BYTES)
        throw new OutputTooLarge(
          `the output is ${bytes} bytes, above the ${MAX_OUTPUT_BYTES} that workflow state takes`,
        );
      logger.info('done', { outcome: (output as { outcome?: string }).outcome });
      return output;
    });
