import { once } from 'node:events';
import { Agent, createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Forwarder {
  /** Without a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * A thin server in front of another one, which tells when each request arrived.
 * @param seen called with performance.now() at the moment the request's head was there.
 */
export async function forwardTo(
  target: string,
  seen: (method: string, path: string, at: number) => void,
): Promise<Forwarder> {
  const { hostname, port, host } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, response) => {
    const { method = 'GET', url: path = '/' } = incoming;
    seen(method, path, performance.now());
    const headers = { ...incoming.headers, host };
    const outgoing = httpRequest({ agent, hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    // Either side may hang up, a poll that is called off for one: the other side is told in the same way.
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}
