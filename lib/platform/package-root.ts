import { join } from 'node:path';

/** A path inside this package, wherever the app that uses the construct was started. */
export const fromPackageRoot = (...segments: string[]): string => join(import.meta.dirname, '..', '..', ...segments);
