import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { clockRoutes } from '../clock-routes.ts';
import { onlyLocal } from '../door.ts';
import { faultRoutes } from '../fault-routes.ts';
import { Faults } from '../faults.ts';
import { faultyListener } from '../faulty-listener.ts';
import { Calls } from './calls.ts';
import { Chats } from './chats.ts';
import { Events } from './events.ts';
import { Files } from './files.ts';
import { Flood } from './flood.ts';
import { Happenings } from './happenings.ts';
import { Ledger } from './ledger.ts';
import { chatMethods } from './methods/chats.ts';
import { commandMethods } from './methods/commands.ts';
import { editMethods } from './methods/edit.ts';
import { fileMethods } from './methods/files.ts';
import { sendMethods } from './methods/send.ts';
import { updateMethods } from './methods/updates.ts';
import type { TelegramOptions } from './options.ts';
import { Presses } from './presses.ts';
import { Room } from './room.ts';
import { BotApi } from './routes/bot.ts';
import { controlRoutes } from './routes/control.ts';
import { pageRoutes } from './routes/page.ts';
import { userRoutes } from './routes/user.ts';
import { Updates } from './updates.ts';
import { WebhookSender } from './webhook.ts';

export { type FloodBudget, REAL_FLOOD } from './flood.ts';
export type { BotIdentity, Person, TelegramOptions } from './options.ts';

export interface LocalTelegram {
  /** The base URL, without a slash at its end: what a bot takes as its API root. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts a Telegram of one bot on 127.0.0.1: the Bot API, the people's side of it under `/_user`, and the chat page.
 * Everything that was said is in `dataDir`; a server started anew on it goes on where the last one stopped.
 * @throws when the port is taken or the journal in `dataDir` cannot be read.
 */
export async function startTelegram(options: TelegramOptions): Promise<LocalTelegram> {
  const { dataDir, clock, token, flood, faults = new Faults(), info, log } = options;
  const ledger = Ledger.open(dataDir, log);
  const chats = new Chats(options, ledger);
  const files = new Files(dataDir, ledger);
  const events = new Events(chats, ledger);
  const presses = new Presses(ledger);
  const updates = new Updates(ledger);
  const webhook = new WebhookSender(ledger, updates, log);
  const calls = new Calls();
  const budget = new Flood(flood);
  const methods = {
    ...updateMethods(chats.bot, updates, webhook, presses),
    ...sendMethods(chats, ledger, files, budget, presses, (chat, action) => events.typing(chat, action)),
    ...editMethods(chats, ledger, files, budget),
    ...chatMethods(chats, ledger),
    ...commandMethods(chats, ledger),
    ...fileMethods(files),
  };
  const botApi = new BotApi(token, methods, files, calls, log);
  const room = new Room(chats, ledger, updates, presses, files);

  const app = new Hono();
  app.route('/', botApi.app);
  app.use(onlyLocal);
  app.get('/_sandbox', (c) => c.json(info()));
  app.route('/_sandbox', clockRoutes(clock));
  app.route('/_sandbox', faultRoutes(faults, 'telegram'));
  if (options.routes) app.route('/_sandbox', options.routes);
  app.route('/_user', userRoutes(room, chats, ledger, files, events, clock));
  app.route('/_control', controlRoutes(calls, new Happenings(chats, ledger, updates)));
  app.route('/', pageRoutes());
  app.notFound((c) => c.json({ ok: false, error_code: 404, description: 'Not Found' }, 404));
  app.onError((error, c) => {
    // The address of a bot's call holds its token.
    const path = new URL(c.req.url).pathname.replaceAll(token, '<token>');
    log(`${c.req.method} ${path} failed in the local Telegram: ${error.stack}`);
    return c.json({ ok: false, error_code: 500, description: 'Internal Server Error' }, 500);
  });

  const server = createServer(faultyListener(faults, 'telegram', handlerOf(app)));
  const port = await listen(server, options.port).catch((error: unknown) => {
    ledger.close();
    throw error;
  });
  webhook.start((call) => botApi.runFromWebhook(call));
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      webhook.close();
      updates.close();
      presses.close();
      events.close();
      await stop(server);
      ledger.close();
    },
  };
}

function handlerOf(app: Hono): RequestListener {
  // The process's own Request and Response stay as they are: others in it rely on them.
  return getRequestListener(app.fetch, { overrideGlobalObjects: false });
}

/** @returns the port that it got. */
async function listen(server: Server, port: number): Promise<number> {
  // Longer than a long poll, so that no idle connection closes under the next call.
  server.keepAliveTimeout = 75_000;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Event streams and idle connections would keep the server open: they are cut. */
function stop(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}
