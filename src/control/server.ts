import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { Server } from 'node:http';
import type { ListenOptions } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { type ControlPorts, controlApp } from './app.ts';
import { socketIn } from './socket.ts';

/** Where pipelines on other machines knock. */
export interface RemoteDoor {
  readonly host: string;
  readonly port: number;
  readonly token: string;
}

export interface Control {
  /** Address of the remote door, where there is one. */
  readonly url?: string;
  close(): Promise<void>;
}

/**
 * Opens the doors for pipelines: a socket in the data folder, which must be held by this process, and the remote one
 * where it is wished for. A door that cannot be opened is reported and left shut: people's questions must not wait for it.
 */
export async function openControl(
  ports: ControlPorts,
  dataDir: string,
  remote: RemoteDoor | undefined,
): Promise<Control> {
  const open: Server[] = [];
  await openLocal(ports, dataDir).then(
    (server) => open.push(server),
    (error) => ports.failed('the door for pipelines on this machine', error),
  );
  let url: string | undefined;
  if (remote) {
    const { host, port, token } = remote;
    await listen(ports, controlApp(ports, token), { host, port }).then(
      (server) => {
        open.push(server);
        url = urlOf(server);
      },
      (error) => ports.failed(`the door for pipelines at ${host}, port ${port} (SLUICE_CONTROL_PORT)`, error),
    );
  }
  return {
    ...(url && { url }),
    async close() {
      await Promise.all(open.map(shut));
    },
  };
}

/** Only the owner of the data folder gets in. */
async function openLocal(ports: ControlPorts, dataDir: string): Promise<Server> {
  const path = socketIn(dataDir);
  // The folder is held, so whoever left this behind is gone.
  if (process.platform !== 'win32') rmSync(path, { force: true });
  const before = process.umask(0o177);
  try {
    // Only awaited outside: the socket is made at once, and nothing else under this umask.
    return listen(ports, controlApp(ports), { path });
  } finally {
    process.umask(before);
  }
}

function listen({ failed }: ControlPorts, app: Hono, where: ListenOptions): Promise<Server> {
  // The process's own Request and Response stay as they are: others in it rely on them.
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false });
  if (!(server instanceof Server)) throw new Error('Expected an HTTP/1 server from @hono/node-server.');
  server.listen(where);
  return once(server, 'listening').then(() =>
    // Such as too many open files: whoever knocks comes again, and the bot must not die of it.
    server.on('error', (error) => failed('a door for pipelines', error)),
  );
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a server with a port.');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}

/** Streams and idle connections would keep it open: they are cut. Whoever followed comes back. */
function shut(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}
