import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PATIENCE_MS = 5000;

/**
 * Only commands that read the object store and the configuration: `status` and `diff` run what the configuration of
 * the repository names, and this one may have come with a model from anywhere.
 */
const git = async (dir: string, ...args: string[]): Promise<string | undefined> => {
  try {
    const { stdout } = await run('git', ['-C', dir, ...args], { timeout: PATIENCE_MS, windowsHide: true });
    return stdout.trim() === '' ? undefined : stdout.trim();
  } catch {
    return undefined;
  }
};

/** Without the password or token that some keep in a remote's address. */
const withoutCredentials = (remote: string): string => {
  if (!URL.canParse(remote)) return remote;
  const url = new URL(remote);
  if (url.password === '' && !url.protocol.startsWith('http')) return remote;
  url.username = '';
  url.password = '';
  return url.toString();
};

export type Checkout = { readonly commit: string; readonly repository?: string };

/** The commit that the folder stands at and where it came from; nothing outside a repository or without Git. */
export const readCheckout = async (dir: string): Promise<Checkout | undefined> => {
  const commit = await git(dir, 'rev-parse', '--verify', 'HEAD');
  if (commit === undefined) return undefined;
  const [first] = (await git(dir, 'remote'))?.split('\n') ?? [];
  const remote =
    (await git(dir, 'config', '--get', 'remote.origin.url')) ??
    (first === undefined ? undefined : await git(dir, 'config', '--get', `remote.${first}.url`));
  return { commit, ...(remote !== undefined && { repository: withoutCredentials(remote) }) };
};
