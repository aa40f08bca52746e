import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Seen {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly bytes: Buffer;
}

/** What a server does with one request. */
export type Reply =
  | { readonly json: unknown; readonly status?: number }
  | { readonly html: string; readonly status: number }
  | { readonly text: string; readonly status: number; readonly headers: Readonly<Record<string, string>> }
  /** The connection is cut without an answer. */
  | { readonly cut: true }
  /** No answer, ever. */
  | { readonly hang: true };

/** A server that answers as a test says, and remembers what it was asked. */
export async function scriptedServer(
  answer: (request: Seen) => Reply | Promise<Reply>,
): Promise<{ url: string; seen: Seen[]; count(pattern: RegExp): number }> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const heard: Seen = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: bytes.toString(),
      bytes,
    };
    seen.push(heard);
    send(response, await answer(heard));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    count: (pattern) => seen.filter((s) => pattern.test(`${s.method} ${s.url}`)).length,
  };
}

function send(response: ServerResponse, reply: Reply): void {
  if ('hang' in reply) return;
  if ('cut' in reply) {
    response.socket?.resetAndDestroy();
    return;
  }
  if ('text' in reply) {
    response.writeHead(reply.status, reply.headers).end(reply.text);
    return;
  }
  const [type, body] =
    'html' in reply ? ['text/html', reply.html] : ['application/json', JSON.stringify(reply.json)];
  response.writeHead(reply.status ?? 200, { 'content-type': type }).end(body);
}

/** Hands a request on to another server and brings back what it says, addresses of its own turned into ours. */
export async function passOn(target: string, request: Seen): Promise<Reply> {
  const {
    host: _,
    connection: __,
    'transfer-encoding': ___,
    'content-length': ____,
    ...headers
  } = request.headers;
  const response = await fetch(target + request.url, {
    method: request.method,
    redirect: 'manual',
    headers: headers as Record<string, string>,
    ...(request.bytes.length > 0 && { body: new Uint8Array(request.bytes) }),
  });
  const { status } = response;
  const text = await response.text();
  if (response.headers.get('content-type')?.includes('json')) return { json: JSON.parse(text), status };
  const location = response.headers.get('location')?.replace(target, `http://${request.headers.host}`);
  const range = response.headers.get('range');
  return { text, status, headers: { ...(location && { location }), ...(range && { range }) } };
}

/** Google's error envelope. */
export function fault(status: number, word: string, message: string, details: object[] = []): Reply {
  return { status, json: { error: { code: status, message, status: word, details } } };
}

/** Answers from the list one after the other, the last one for ever. */
export function inTurn(...replies: readonly (Reply | (() => Reply))[]): () => Reply {
  let next = 0;
  return () => {
    const reply = replies[Math.min(next++, replies.length - 1)];
    if (reply === undefined) throw new Error('inTurn needs a reply');
    return typeof reply === 'function' ? reply() : reply;
  };
}
