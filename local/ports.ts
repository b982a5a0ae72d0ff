import { createServer } from 'node:net';
import { LocalAwsUnavailable } from './problem.ts';

const HOST = '127.0.0.1';

const listen = (port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, HOST, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
    });
  });

/** A port that nobody listens on; the system does not hand the same one out again soon. */
export const freePort = (): Promise<number> => listen(0);

export const requireFree = async (port: number): Promise<number> => {
  try {
    return await listen(port);
  } catch (cause) {
    throw new LocalAwsUnavailable(`Port ${port} on ${HOST} is taken; stop what listens there, or leave --port out.`, {
      cause,
    });
  }
};
