import { type IncomingMessage, request as plainly, type RequestOptions } from 'node:http';
import { request as securely } from 'node:https';
import type { BotPlace } from '../../config.ts';
import { type Begun, HEARTBEAT, type Order, parseAnswer, ROLLOUTS } from '../../control/protocol.ts';
import { socketIn } from '../../control/socket.ts';

/** The bot could not be reached, or broke off; it may be back. */
export class Away extends Error {
  /** Something answered before it broke off. */
  readonly reached: boolean;

  constructor(message: string, reached: boolean) {
    super(message);
    this.reached = reached;
  }
}

/** The running bot, seen from another process. */
export interface Connection {
  /** For sentences: "http://…", "the data folder data". */
  readonly where: string;
  /** @throws Away */
  order(order: Order): Promise<Begun | { readonly refused: string }>;
  /**
   * The lines that are sent from a path, empty ones included, as they come.
   * @throws Away when they break off; Error with the bot's sentence when it refuses.
   */
  lines(path: string): AsyncGenerator<string>;
}

/** Silence after which the other end is gone, in real milliseconds: four heartbeats. */
const SILENCE = 4 * HEARTBEAT;
/** An order is answered after a few requests to App Engine. */
const ANSWER = 120_000;
/** What stands before a bot that is being started anew says so by these. */
const GATEWAY = new Set([502, 503, 504]);

export function connectTo(place: BotPlace): Connection {
  const { where, open } = openerFor(place);

  /** The head of an answer; the body is still to be read. */
  function send(method: string, path: string, timeout: number, body?: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      let reached = false;
      const sent = open(path, { method, timeout, headers: { 'content-type': 'application/json' } });
      sent.on('socket', (socket) => socket.once('connect', () => (reached = true)));
      sent.on('timeout', () => sent.destroy(new Error(`nothing came for ${timeout / 1000} seconds`)));
      sent.on('error', (error: NodeJS.ErrnoException) =>
        reject(new Away(error.message || (error.code ?? 'no answer'), reached)),
      );
      sent.on('response', (response) => {
        if (GATEWAY.has(response.statusCode ?? 0)) {
          response.resume();
          reject(new Away(`the gateway answers ${response.statusCode}`, false));
        } else resolve(response);
      });
      sent.end(body);
    });
  }

  return {
    where,
    async order(order) {
      const response = await send('POST', ROLLOUTS, ANSWER, JSON.stringify(order));
      return parseAnswer(await textOf(response));
    },
    async *lines(path) {
      const response = await send('GET', path, SILENCE);
      if (response.statusCode !== 200) {
        const answer = parseAnswer(await textOf(response));
        throw new Error('refused' in answer ? answer.refused : `The bot answers ${response.statusCode}.`);
      }
      let rest = '';
      for await (const chunk of chunksOf(response)) {
        const lines = `${rest}${chunk}`.split('\n');
        rest = lines.pop() ?? '';
        yield* lines;
      }
    },
  };
}

type Opener = (path: string, options: RequestOptions) => ReturnType<typeof plainly>;

function openerFor(place: BotPlace): { readonly where: string; readonly open: Opener } {
  if (place.kind === 'local') {
    const socketPath = socketIn(place.dataDir);
    return {
      where: `the data folder ${place.dataDir}`,
      open: (path, options) => plainly({ ...options, socketPath, path, agent: false }),
    };
  }
  const { url, token } = place;
  const request = url.startsWith('https:') ? securely : plainly;
  return {
    where: url,
    open: (path, options) =>
      request(`${url}${path}`, {
        ...options,
        agent: false,
        headers: { ...options.headers, authorization: `Bearer ${token}` },
      }),
  };
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of chunksOf(response)) text += chunk;
  return text;
}

async function* chunksOf(response: IncomingMessage): AsyncGenerator<string> {
  response.setEncoding('utf8');
  try {
    for await (const chunk of response) yield chunk as string;
  } catch (error) {
    throw new Away((error as Error).message, true);
  }
}
