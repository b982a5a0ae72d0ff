import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { workshop } from './paths.ts';

/** Folders by key, of which those used last are kept. Several programs may use one shelf at the same time. */
export type Shelf = {
  find(key: string): string | undefined;
  /**
   * Whoever comes second with a key finds the first one's folder: equal keys mean equal content. The key is asked for
   * when the folder is full, since what it stands for may have changed in the meantime.
   */
  put(key: () => string, fill: (draft: string) => Promise<void>): Promise<string>;
};

export const shelf = (name: string, keep: number): Shelf => {
  const home = join(workshop, name);

  const find = (key: string): string | undefined => {
    const folder = join(home, key);
    if (!existsSync(folder)) return undefined;
    const now = new Date();
    utimesSync(folder, now, now);
    return folder;
  };

  const put = async (key: () => string, fill: (draft: string) => Promise<void>): Promise<string> => {
    const draft = join(home, `draft-${randomUUID()}`);
    mkdirSync(home, { recursive: true });
    try {
      // Filled aside and renamed: a reader sees all of it or nothing.
      await fill(draft);
      const final = join(home, key());
      if (!existsSync(final)) renameSync(draft, final);
      prune();
      return final;
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  };

  const prune = (): void => {
    const byAge = readdirSync(home)
      .map((entry) => join(home, entry))
      .map((path) => ({ path, used: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
      .sort((a, b) => b.used - a.used);
    for (const { path } of byAge.slice(keep)) rmSync(path, { recursive: true, force: true });
  };

  return { find, put };
};
