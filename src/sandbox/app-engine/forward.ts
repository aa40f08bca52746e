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

/** Real milliseconds within which the end of a process is noticed, and between two looks. */
const NOTICE = 2_000;
const LOOK = 10;

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
  let loading = upstream.port === undefined;
  let size = 0;
  if (wait > 0) await delay(wait);
  try {
    await upstream.ready();
  } catch {
    // Why it did not start is in the version's crash log; the visitor only learns that it did not.
    refuse(response, 503, 'The request failed because the instance could not start successfully.\n');
    await ended(response);
    return outcome(503);
  }
  const headers = { ...endToEnd(request.headers), ...extra };
  try {
    const { answer, restarted } = await send(request, response, upstream, headers);
    loading ||= restarted;
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

interface Sent {
  readonly answer: IncomingMessage;
  /** It waited for a process to start. */
  readonly restarted: boolean;
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  upstream: Upstream,
  headers: Readonly<Record<string, string | string[]>>,
): Promise<Sent> {
  const empty =
    request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined;
  const port = await upstream.ready();
  const first = await attempt(port);
  if (!(first.answer instanceof Error)) return { answer: first.answer, restarted: false };
  // An idle connection may be closed at the very moment it is used again, and a process be gone that nobody has missed
  // yet: nothing was read then, so it is safe to try once more.
  const refused = first.answer.code === 'ECONNREFUSED';
  if (!empty || !(first.reused || refused)) throw first.answer;
  const restarted = refused && (await missed(upstream, port));
  const { answer } = await attempt(await upstream.ready());
  if (answer instanceof Error) throw answer;
  return { answer, restarted };

  function attempt(
    port: number,
  ): Promise<{ answer: IncomingMessage | NodeJS.ErrnoException; reused: boolean }> {
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

/** Waits until a process that no longer listens is known to be gone. @returns whether it is */
async function missed(upstream: Upstream, port: number): Promise<boolean> {
  for (let waited = 0; upstream.port === port && waited < NOTICE; waited += LOOK) await delay(LOOK);
  return upstream.port !== port;
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
