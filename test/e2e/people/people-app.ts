import { servicesApp } from '../../../local/demo/services/services-app.ts';
import type { LocalApp } from '../../../local/local-aws.ts';

export const peopleApp: LocalApp = {
  folder: 'test/e2e/people',
  sources: [...servicesApp.sources, 'test/e2e/people'],
};
