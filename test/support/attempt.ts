import type { Attempt } from '../../core/intake/contract.ts';

/** A first look at an upload. */
export const anAttempt: Attempt = {
  bucket: 'models',
  model: 'fraud',
  version: '1.4.0',
  id: 'v1',
  manifest: 'v1',
  look: 0,
  lastLook: false,
};
