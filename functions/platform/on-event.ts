import middy from '@middy/core';
import { logAbout, logFailure } from './log.ts';

/** A function that EventBridge or the scheduler calls: it throws to be called again. */
export const onEvent = <Event>(react: (event: Event) => Promise<void>) =>
  middy<Event, void>()
    .onError(({ error }) => logFailure(error))
    .handler(async (event: Event) => {
      logAbout(event);
      await react(event);
    });
