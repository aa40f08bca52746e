import { once } from 'node:events';
import { Agent, createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { kindOfRequest } from './kinds.ts';
import type { Moment } from './points.ts';

export interface Gate {
  /** Without a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

/** A call that the server has answered. */
export interface Call {
  readonly kind: string;
  readonly path: string;
  readonly body: string;
  readonly status: number;
}

/**
 * A server in front of another one, at which the caller can be made to die: before its request is passed on, or when the
 * server has done what it was asked for and the caller does not know yet.
 * @param strike kills the caller if this is the moment for it, and says whether it did.
 * @param done told of each call that the server has answered.
 */
export async function gateTo(
  target: string,
  strike: (kind: string, moment: Moment) => boolean,
  done: (call: Call) => void,
): Promise<Gate> {
  const { hostname, port, host } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  const polls = new Polls();
  const server = createServer(async (incoming, response) => {
    const { method = 'GET', url: path = '/' } = incoming;
    const body = await buffer(incoming).catch(() => undefined);
    if (body === undefined) return response.destroy();
    const kind = kindOfRequest(method, path);
    const asked = kind && polls.asked(kind, body);
    if (asked && strike(asked, 'before')) return response.destroy();
    const headers = kind?.startsWith('telegram') ? { ...incoming.headers, host } : incoming.headers;
    const outgoing = httpRequest({ agent, hostname, port, method, path, headers }, async (answer) => {
      const bytes = await buffer(answer).catch(() => undefined);
      if (bytes === undefined) return response.destroy();
      if (kind) done({ kind, path, body: body.toString(), status: answer.statusCode ?? 502 });
      const answered = kind && polls.answered(kind, bytes);
      if (answered && strike(answered, 'after')) return response.destroy();
      response.writeHead(answer.statusCode ?? 502, headersOf(answer, bytes)).end(bytes);
    });
    // Either side may hang up, a poll that is called off for one: the other side is told in the same way.
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    outgoing.end(body);
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

function headersOf({ headers }: IncomingMessage, bytes: Buffer): Record<string, string | string[]> {
  const { 'transfer-encoding': _, ...rest } = headers;
  return { ...rest, 'content-length': String(bytes.length) } as Record<string, string | string[]>;
}

/** Polls come by themselves all the time: a moment are those that bring something, and those that say it is done with. */
class Polls {
  #offset = 0;

  asked(kind: string, body: Buffer): string | undefined {
    if (!kind.endsWith('getUpdates')) return kind;
    const offset = Number(/"offset":(\d+)/.exec(body.toString())?.[1] ?? 0);
    if (offset <= this.#offset) return undefined;
    this.#offset = offset;
    return `${kind} (acknowledging)`;
  }

  answered(kind: string, answer: Buffer): string | undefined {
    if (!kind.endsWith('getUpdates')) return kind;
    return answer.includes('"update_id"') ? `${kind} (with news)` : undefined;
  }
}
