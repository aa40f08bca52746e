import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { answerOf } from './fault-answers.ts';
import type { Faults, FaultyServer, Hit } from './faults.ts';

const underway = new AsyncLocalStorage<Hit>();

/** The fault that the request being handled met, for those that only its handler can carry out. */
export function faultMet(): Hit | undefined {
  return underway.getStore();
}

/**
 * Puts the faults between the wire and what handles requests. Paths that begin with "/_", where tests and the page
 * knock, are never hit.
 */
export function faultyListener(
  faults: Faults,
  server: FaultyServer,
  handle: RequestListener,
): RequestListener {
  return (request, response) => {
    const path = pathOf(request, server);
    const hit = path.startsWith('/_') ? undefined : faults.meet(server, request.method ?? 'GET', path);
    if (hit === undefined) return handle(request, response);
    void suffer(hit, server, path, request, response, () =>
      underway.run(hit, () => handle(request, response)),
    );
  };
}

/** A bot's token is no part of what rules match. */
function pathOf({ url = '/' }: IncomingMessage, server: FaultyServer): string {
  return server === 'telegram' ? url.replace(/\/bot\d+:[^/]+/, '') : url;
}

async function suffer(
  { fault, cleared }: Hit,
  server: FaultyServer,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  handle: () => void,
): Promise<void> {
  switch (fault.kind) {
    case 'status':
    case 'html': {
      const { code, headers, body } = answerOf(fault, server, path);
      // What is not read would keep the connection from being used again.
      request.resume();
      response.writeHead(code, headers).end(body);
      return;
    }
    case 'reset':
      request.socket.destroy();
      return;
    case 'hang':
      if (cleared.aborted) request.socket.destroy();
      else cleared.addEventListener('abort', () => request.socket.destroy(), { once: true });
      return;
    case 'delay':
      await delay(fault.ms);
      if (!request.socket.destroyed) handle();
      return;
    case 'lost-answer':
      replaceAnswer(response, () => request.socket.destroy());
      handle();
      return;
    case 'late-truth': {
      const { code, headers, body } = answerOf(fault, server, path);
      replaceAnswer(response, (end) => {
        response.writeHead(code, headers);
        end(body);
      });
      handle();
      return;
    }
    case 'operation-fails':
    case 'operation-stuck':
    case 'late-figures':
    case 'partial-figures':
      handle();
  }
}

/** Lets the handler believe that it answers, and does `instead` once it has ended. */
function replaceAnswer(response: ServerResponse, instead: (end: (body: string) => void) => void): void {
  const writeHead = response.writeHead.bind(response);
  const end = response.end.bind(response);
  response.writeHead = () => response;
  response.write = () => true;
  response.end = () => {
    Object.assign(response, { writeHead, end });
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    instead((body) => end(body));
    return response;
  };
}
