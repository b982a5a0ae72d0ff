/** The model that the demo serves, and the places where it answers: one for each story, so that stories run together. */
export const WINE = { model: 'wine-logreg', first: '1.0.0', second: '1.1.0' } as const;

export type Site = 'healthy' | 'faulty' | 'drift';

export const SITES: Readonly<Record<Site, { deployment: string; environment: string }>> = {
  healthy: { deployment: 'wine-line-1', environment: 'staging' },
  faulty: { deployment: 'wine-line-2', environment: 'staging' },
  drift: { deployment: 'wine-line-3', environment: 'production' },
};
