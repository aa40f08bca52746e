import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import * as v from 'valibot';
import type { SandboxClock } from '../../clock.ts';
import { jsonBody, Refusal, refuse } from '../../door.ts';
import { read } from '../../read.ts';
import type { Chats } from '../chats.ts';
import { ApiError } from '../errors.ts';
import type { Events } from '../events.ts';
import { GUEST, viewOf } from '../file-types.ts';
import type { Files } from '../files.ts';
import type { Ledger } from '../ledger.ts';
import { commandsIn } from '../methods/commands.ts';
import { type Params, readParams } from '../params.ts';
import type { Room, Writing as Said } from '../room.ts';

const id = v.pipe(v.number(), v.integer());
const Writing = v.strictObject({
  chat_id: id,
  user_id: id,
  text: v.string(),
  message_thread_id: v.optional(v.pipe(id, v.minValue(1))),
  reply_to: v.optional(v.number()),
  as: v.optional(v.picklist(['group', 'channel', 'linked-channel'])),
  forwarded: v.optional(v.boolean()),
});
const Editing = v.strictObject({ chat_id: id, user_id: id, message_id: id, text: v.string() });
const Reacting = v.strictObject({ chat_id: id, user_id: id, message_id: id, emoji: v.string() });
const Pressing = v.strictObject({
  chat_id: id,
  user_id: id,
  /** That of an ephemeral message is a fraction. */
  message_id: v.number(),
  button: v.optional(v.string()),
  data: v.optional(v.string()),
  inline: v.optional(v.boolean()),
});

/** Real milliseconds between two signs of life on an event stream, so that a dead connection is noticed. */
const HEARTBEAT = 15_000;

/** What people do and see: for the page and for tests. Mounted at `/_user`. */
export function userRoutes(
  room: Room,
  chats: Chats,
  ledger: Ledger,
  files: Files,
  events: Events,
  clock: SandboxClock,
): Hono {
  const app = new Hono();

  app.post('/send', async (c) => {
    const type = c.req.header('content-type') ?? '';
    const writing = type.startsWith('multipart/form-data')
      ? withFile(await readParams(c.req.raw))
      : read(Writing, await jsonBody(c));
    return c.json({ ok: true, message: room.send(writing) });
  });

  app.post('/edit', async (c) => c.json({ ok: true, message: room.edit(read(Editing, await jsonBody(c))) }));

  app.post('/react', async (c) =>
    c.json({ ok: true, message: room.react(read(Reacting, await jsonBody(c))) }),
  );

  app.post('/press', async (c) => {
    const pressing = read(Pressing, await jsonBody(c));
    if (pressing.button === undefined && pressing.data === undefined) {
      throw new Refusal(
        "Expected button (a button's text or callback data) or data (made-up callback data).",
      );
    }
    return c.json({ ok: true, ...(await room.press(pressing)) });
  });

  app.get('/messages', (c) => {
    const after = whole(c.req.query('after') ?? '0', 'after');
    const user = c.req.query('user_id');
    const viewer = user === undefined ? undefined : whole(user, 'user_id');
    const chatId = whole(c.req.query('chat_id'), 'chat_id');
    return c.json({ ok: true, messages: room.messages(chatId, after, viewer) });
  });

  app.get('/commands', (c) => {
    const chat = chats.find(whole(c.req.query('chat_id'), 'chat_id'));
    if (chat === undefined) throw new Refusal(`There is no chat ${c.req.query('chat_id')}.`);
    const user = c.req.query('user_id');
    const userId = user === undefined ? undefined : whole(user, 'user_id');
    const member = userId === undefined ? undefined : { id: userId, admin: chats.owns(userId) };
    return c.json(commandsIn(ledger.state, chat.id, chats.isGroup(chat), member));
  });

  app.get('/files/:id', (c) => {
    const file = files.byUniqueId(c.req.param('id'));
    if (file === undefined) return refuse(c, 404, `There is no file ${c.req.param('id')}.`);
    const isPhoto = file.kind === 'photo';
    // A document is never shown in place: an HTML file would run with the rights of this page.
    const disposition = isPhoto ? 'inline' : `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`;
    return c.body(files.read(file), 200, {
      'content-type': isPhoto ? file.mime : 'application/octet-stream',
      'content-disposition': disposition,
      'cache-control': 'private, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    });
  });

  app.get('/files/:id/view', (c) => {
    const file = files.byUniqueId(c.req.param('id'));
    const view = file && viewOf(file.mime);
    if (!file || !view) return refuse(c, 404, `There is no file ${c.req.param('id')} that can be shown.`);
    return c.body(files.read(file), 200, {
      'content-type': view,
      'content-disposition': `inline; filename*=UTF-8''${encodeURIComponent(file.name)}`,
      'cache-control': 'private, max-age=31536000, immutable',
      'content-security-policy': GUEST,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
  });

  app.get('/events', (c) => {
    const chatId = whole(c.req.query('chat_id'), 'chat_id');
    if (chats.find(chatId) === undefined) throw new Refusal(`There is no chat ${chatId}.`);
    return streamSSE(c, async (stream) => {
      const gone = new Promise<void>((resolve) => stream.onAbort(resolve));
      const unlisten = events.listen((id, { kind, ...rest }) => {
        if (id !== chatId) return;
        const data = 'message' in rest ? rest.message : rest;
        void stream.writeSSE({ event: kind, data: JSON.stringify(data) });
      });
      const untick = clock.onChange((reading) => {
        void stream.writeSSE({ event: 'clock', data: JSON.stringify(reading) });
      });
      const heart = setInterval(() => void stream.write(': still here\n\n'), HEARTBEAT);
      await stream.write('retry: 1000\n\n');
      await gone;
      clearInterval(heart);
      untick();
      unlisten();
    });
  });

  app.onError((error, c) => {
    if (error instanceof Refusal || error instanceof ApiError) return refuse(c, 400, error.message);
    throw error;
  });
  return app;
}

/** A form with one file, named for what it is to be: `photo` or `document`; `text` is its caption. @throws Refusal */
function withFile(form: Params): Said {
  const [named, ...more] = form.uploads;
  const kind = named?.[0];
  if (!named || more.length > 0 || (kind !== 'photo' && kind !== 'document')) {
    throw new Refusal('Expected a form with one file in it, in the field "photo" or "document".');
  }
  const numbers = ['chat_id', 'user_id', 'reply_to', 'message_thread_id'].flatMap((name) =>
    form.values.has(name) ? [[name, whole(form.text(name), name)]] : [],
  );
  const fields = {
    ...Object.fromEntries(form.values),
    text: form.text('text'),
    ...Object.fromEntries(numbers),
  };
  return { ...read(Writing, fields), file: { kind, upload: named[1] } };
}

function whole(text: string | undefined, name: string): number {
  const value = Number(text);
  if (text !== undefined && text !== '' && Number.isSafeInteger(value)) return value;
  throw new Refusal(
    `Expected a whole number as ${name}, got ${text === undefined ? 'nothing' : `"${text}"`}.`,
  );
}
