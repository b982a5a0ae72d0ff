import type { LocalApp } from '../../../local/local-aws.ts';
import { governanceApp } from '../../../local/synth.ts';

export const peopleApp: LocalApp = {
  folder: 'test/e2e/people',
  sources: [...governanceApp.sources, 'test/e2e/people'],
};
