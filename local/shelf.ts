import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { workshop } from './paths.ts';
import { isAlive } from './processes.ts';

/** Folders by key, of which those used last are kept. Several programs may use one shelf at the same time. */
export type Shelf = {
  find(key: string): string | undefined;
  /**
   * Whoever comes second with a key finds the first one's folder: equal keys mean equal content. The key is asked for
   * when the folder is full, since what it stands for may have changed in the meantime.
   */
  put(key: () => string, fill: (draft: string) => Promise<void>): Promise<string>;
};

const DRAFT = 'draft-';
const ownerOf = (draft: string): number => Number.parseInt(draft.slice(DRAFT.length), 10);

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
    const draft = join(home, `${DRAFT}${process.pid}-${randomUUID()}`);
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

  /** Drafts belong to whoever fills them, until that process is gone. */
  const prune = (): void => {
    const entries = readdirSync(home);
    const abandoned = entries.filter((entry) => entry.startsWith(DRAFT) && !isAlive(ownerOf(entry)));
    const byAge = entries
      .filter((entry) => !entry.startsWith(DRAFT))
      .map((entry) => ({ entry, used: statSync(join(home, entry), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
      .sort((a, b) => b.used - a.used)
      .slice(keep)
      .map(({ entry }) => entry);
    for (const entry of [...abandoned, ...byAge]) rmSync(join(home, entry), { recursive: true, force: true });
  };

  return { find, put };
};
