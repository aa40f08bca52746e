import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bot, type Context } from 'grammy';
import { onTestFinished } from 'vitest';
import { SandboxClock } from '../../src/sandbox/clock.ts';
import { startTelegram, type TelegramOptions } from '../../src/sandbox/telegram/index.ts';
import { ADA, BEN, CYD, GROUP, TOKEN } from './world.ts';

export { ADA, BEN, CYD, GROUP, TOKEN };

/** What the page and tests read of a message; all of it may be missing. */
export interface Seen {
  readonly message_id: number;
  readonly text?: string;
  readonly caption?: string;
  readonly edit_date?: number;
  readonly entities?: readonly { type: string; offset: number; length: number }[];
  readonly photo?: readonly { url: string; width: number; height: number }[];
  readonly document?: { url: string; view_url?: string; file_name: string };
  readonly reply_markup?: {
    readonly inline_keyboard?: readonly (readonly {
      text: string;
      style?: string;
      callback_data?: string;
    }[])[];
    readonly force_reply?: boolean;
  };
  readonly reply_to_message?: Seen;
  readonly pinned_message?: Seen;
  readonly message_thread_id?: number;
}

export interface Pressed {
  readonly ok: boolean;
  readonly answered: boolean;
  readonly text?: string;
  readonly show_alert?: boolean;
}

export type Telegram = Awaited<ReturnType<typeof telegram>>;

export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-telegram-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A server of its own for a test, closed with it. */
export async function telegram(options: Partial<TelegramOptions> = {}) {
  const logged: string[] = [];
  const server = await startTelegram({
    dataDir: options.dataDir ?? temporaryFolder(),
    clock: new SandboxClock(1),
    port: 0,
    token: TOKEN,
    bot: { id: 123456, firstName: 'Sluice', username: 'sluice_bot' },
    chat: { id: GROUP, title: 'Releases' },
    people: [
      { id: ADA, firstName: 'Ada', username: 'ada', roles: ['operator'] },
      { id: BEN, firstName: 'Ben', username: 'ben', roles: ['approver'] },
      { id: CYD, firstName: 'Cyd', username: 'cyd', roles: [] },
    ],
    flood: 'off',
    info: () => ({ chatId: GROUP }),
    log: (line) => logged.push(line),
    ...options,
  });
  let open = true;
  const close = async () => {
    if (!open) return;
    open = false;
    await server.close();
  };
  onTestFinished(close);

  async function get<T>(path: string): Promise<T> {
    const response = await fetch(server.url + path);
    return (await response.json()) as T;
  }
  async function post<T>(path: string, body: object): Promise<T> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await response.json()) as T;
  }
  return {
    url: server.url,
    logged,
    close,
    get,
    post,
    send: (user: number, text: string, more: object = {}) =>
      post<{ ok: boolean; message: Seen; description?: string }>('/_user/send', {
        chat_id: GROUP,
        user_id: user,
        text,
        ...more,
      }),
    press: (user: number, message: number, button: string, more: object = {}) =>
      post<Pressed & { description?: string }>('/_user/press', {
        chat_id: GROUP,
        user_id: user,
        message_id: message,
        button,
        ...more,
      }),
    messages: async (after = 0, chat = GROUP) => {
      const answer = await get<{ messages: Seen[] }>(`/_user/messages?chat_id=${chat}&after=${after}`);
      return answer.messages;
    },
    call: (method: string, params: object = {}) =>
      post<{ ok: boolean; result?: unknown; error_code?: number; description?: string }>(
        `/bot${TOKEN}/${method}`,
        params,
      ),
  };
}

/** The real grammY against the server, without a poll of its own until it is started. */
export function botAt(url: string): Bot {
  return new Bot(TOKEN, { client: { apiRoot: url, timeoutSeconds: 20 } });
}

/** Starts the bot's long poll and stops it with the test; resolves when it polls. */
export async function polling(bot: Bot<Context>): Promise<Bot<Context>> {
  onTestFinished(() => bot.stop());
  await new Promise<void>((resolve, reject) => {
    bot.start({ onStart: () => resolve() }).catch(reject);
  });
  return bot;
}

/**
 * Waits for a message in the group that fits, over the event stream: those that are there already count too.
 * The stream is opened first, so that nothing falls between the look and the listening.
 */
export async function seen(server: Telegram, fits: (message: Seen) => boolean): Promise<Seen> {
  const abort = new AbortController();
  const response = await fetch(`${server.url}/_user/events?chat_id=${GROUP}`, { signal: abort.signal });
  try {
    const there = (await server.messages()).findLast(fits);
    if (there !== undefined) return there;
    for await (const { event, data } of serverEvents(response)) {
      if (event !== 'message') continue;
      const message = JSON.parse(data) as Seen;
      if (fits(message)) return message;
    }
    throw new Error('The event stream ended before the message came.');
  } finally {
    abort.abort();
  }
}

export async function* serverEvents(response: Response): AsyncGenerator<{ event: string; data: string }> {
  if (response.body === null) throw new Error('Expected a stream of events, got no body.');
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const event = lines.find((line) => line.startsWith('event: '))?.slice(7);
      const data = lines.find((line) => line.startsWith('data: '))?.slice(6);
      if (event !== undefined && data !== undefined) yield { event, data };
    }
  }
}

/** Runs it and returns what it threw. */
export async function thrown(
  act: Promise<unknown>,
): Promise<Error & { description?: string; error_code?: number }> {
  try {
    await act;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('Expected it to throw, but it did not.');
}
