import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** What became of one request. */
export interface Outcome {
  readonly status: number;
  /** Real milliseconds from arrival to the end of the answer. */
  readonly latency: number;
  /** The request waited for a process to start. */
  readonly loading: boolean;
  readonly size: number;
}

/** Whatever serves requests on a port of this machine. */
export interface Upstream {
  /** The port while it listens. */
  readonly port: number | undefined;
  /** Starts it if need be. */
  ready(): Promise<number>;
}

const agent = new Agent({ keepAlive: true, maxFreeSockets: 256 });

/** Headers that belong to one connection and are not passed on. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Hands a request on and its answer back. An app that cannot be started gives 503, one that breaks off 502.
 * @param extra headers that go to the app, over those of the request
 * @param wait real milliseconds that it takes longer than by itself
 * @param cookie a cookie to set on the answer
 */
export async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  upstream: Upstream,
  extra: Readonly<Record<string, string>>,
  wait: number,
  cookie?: string,
): Promise<Outcome> {
  const start = performance.now();
  const loading = upstream.port === undefined;
  let size = 0;
  let port: number;
  if (wait > 0) await delay(wait);
  try {
    port = upstream.port ?? (await upstream.ready());
  } catch {
    // Why it did not start is in the version's crash log; the visitor only learns that it did not.
    refuse(response, 503, 'The request failed because the instance could not start successfully.\n');
    await ended(response);
    return outcome(503);
  }
  const headers = { ...endToEnd(request.headers), ...extra };
  try {
    const answer = await send(request, response, port, headers);
    const set = answer.headers['set-cookie'] ?? [];
    response.writeHead(answer.statusCode ?? 502, {
      ...endToEnd(answer.headers),
      ...(cookie === undefined ? {} : { 'set-cookie': [...set, cookie] }),
    });
    answer.on('data', (chunk: Buffer) => {
      size += chunk.length;
    });
    answer.on('error', () => response.destroy());
    answer.pipe(response);
  } catch {
    refuse(response, 502, 'The app ended the connection without an answer.\n');
  }
  await ended(response);
  return outcome(response.statusCode);

  function outcome(status: number): Outcome {
    return { status, latency: performance.now() - start, loading, size };
  }
}

/** Answers with an error in the app's stead, and starts the app as its own answer would. @param wait as above */
export async function spoil(
  request: IncomingMessage,
  response: ServerResponse,
  upstream: Upstream,
  wait: number,
): Promise<Outcome> {
  const start = performance.now();
  const loading = upstream.port === undefined;
  const text = 'Internal Server Error\n';
  request.resume();
  if (wait > 0) await delay(wait);
  // Why it does not start is told elsewhere; this visitor meets an error either way.
  await upstream.ready().catch(() => undefined);
  refuse(response, 500, text);
  await ended(response);
  return { status: 500, latency: performance.now() - start, loading, size: text.length };
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  port: number,
  headers: Readonly<Record<string, string | string[]>>,
): Promise<IncomingMessage> {
  const empty =
    request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined;
  const { answer, reused } = await attempt();
  if (!(answer instanceof Error)) return answer;
  // The app may close an idle connection at the very moment it is used again: nothing was read, so it is safe to retry.
  if (!(reused && empty)) throw answer;
  const again = await attempt();
  if (again.answer instanceof Error) throw again.answer;
  return again.answer;

  function attempt(): Promise<{ answer: IncomingMessage | Error; reused: boolean }> {
    return new Promise((resolve) => {
      const out = httpRequest({
        host: '127.0.0.1',
        port,
        agent,
        method: request.method ?? 'GET',
        path: request.url ?? '/',
        headers,
      });
      // A visitor who leaves takes the request along.
      response.once('close', () => {
        if (!response.writableFinished) out.destroy();
      });
      out.once('response', (answer) => resolve({ answer, reused: out.reusedSocket }));
      out.on('error', (answer) => resolve({ answer, reused: out.reusedSocket }));
      if (empty) out.end();
      else request.pipe(out);
    });
  }
}

function endToEnd(headers: IncomingMessage['headers']): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name)) kept[name] = value;
  }
  return kept;
}

function refuse(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(text);
}

/** When the answer is out, or the visitor is gone. */
function ended(response: ServerResponse): Promise<void> {
  if (response.closed) return Promise.resolve();
  return new Promise((resolve) => response.once('close', resolve));
}
