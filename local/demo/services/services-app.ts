import { governanceApp, type LocalApp } from '../../synth.ts';

/** What the demo deploys: the plane, and beside it the services of a team that uses it. */
export const servicesApp: LocalApp = {
  folder: 'local/demo/services',
  sources: [
    ...governanceApp.sources,
    'examples/inference-service',
    'local/demo/model-files.ts',
    'local/demo/services',
    'local/demo/sites.ts',
    'models/wine-logreg',
  ],
};
