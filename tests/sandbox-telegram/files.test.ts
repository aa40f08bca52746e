import { createCanvas } from '@napi-rs/canvas';
import { InputFile } from 'grammy';
import { expect, test } from 'vitest';
import { ADA, botAt, GROUP, polling, type Seen, TOKEN, telegram, temporaryFolder } from './support.ts';

interface Answer {
  readonly ok: boolean;
  readonly description?: string;
  readonly message: Seen;
}

function form(fields: Readonly<Record<string, string | File>>): FormData {
  const data = new FormData();
  data.set('chat_id', String(GROUP));
  data.set('user_id', String(ADA));
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}

async function send(url: string, body: FormData, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await fetch(`${url}/_user/send`, { method: 'POST', body, headers });
  return (await answer.json()) as Answer;
}

const png = new File([new Uint8Array(createCanvas(64, 32).toBuffer('image/png'))], 'chart.png', {
  type: 'image/png',
});
const report = new File(['<h1>lint</h1>'], 'lint report.html');

test('a photo and a document that a person sends reach the bot, which fetches them', async () => {
  const dataDir = temporaryFolder();
  const server = await telegram({
    dataDir,
    bot: { id: 123456, firstName: 'S', username: 's_bot', admin: true },
  });
  const bot = botAt(server.url);
  const heard: { caption: string | undefined; bytes: Buffer; reply: number | undefined; name: string }[] = [];
  bot.on([':photo', ':document'], async (ctx) => {
    const file = await ctx.getFile();
    const answer = await fetch(`${server.url}/file/bot${TOKEN}/${file.file_path}`);
    heard.push({
      caption: ctx.msg.caption,
      bytes: Buffer.from(await answer.arrayBuffer()),
      reply: ctx.msg.reply_to_message?.message_id,
      name: ctx.msg.document?.file_name ?? 'photo',
    });
  });
  await polling(bot);
  const asked = await bot.api.sendMessage(GROUP, 'Evidence?');
  const photo = await send(server.url, form({ photo: png, text: 'see /status' }));
  expect(photo.message).toMatchObject({
    caption: 'see /status',
    photo: [{ width: 64, height: 32 }],
    caption_entities: [{ type: 'bot_command', offset: 4, length: 7 }],
  });
  const document = await send(server.url, form({ document: report, reply_to: String(asked.message_id) }));
  expect(document.message).toMatchObject({
    document: { file_name: 'lint report.html', mime_type: 'text/html' },
    reply_to_message: { text: 'Evidence?' },
  });
  await expect.poll(() => heard.length).toBe(2);
  expect(heard[0]).toMatchObject({ caption: 'see /status', name: 'photo', reply: undefined });
  expect(heard[0]?.bytes.equals(Buffer.from(await png.arrayBuffer()))).toBe(true);
  expect(heard[1]).toMatchObject({ caption: undefined, name: 'lint report.html', reply: asked.message_id });
  expect(heard[1]?.bytes.toString()).toBe('<h1>lint</h1>');

  await bot.stop();
  await server.close();
  const again = await telegram({ dataDir });
  const shown = await again.messages();
  expect(shown.map(({ document: file }) => file?.file_name)).toContain('lint report.html');
});

test('what is no such form is refused in a sentence', async () => {
  const server = await telegram();
  const refusal = async (fields: Readonly<Record<string, string | File>>) =>
    (await send(server.url, form(fields))).description;
  expect(await refusal({})).toContain('one file in it');
  expect(await refusal({ video: png })).toContain('"photo" or "document"');
  expect(await refusal({ photo: png, document: report })).toContain('one file in it');
  expect(await refusal({ photo: report })).toContain('Send it as a document instead');
  expect(await refusal({ document: new File([], 'empty.txt') })).toContain('non-empty');
  expect(await refusal({ document: report, text: 'x'.repeat(1025) })).toContain('at most 1024 characters');
  expect(await refusal({ document: report, reply_to: '77' })).toContain('There is no message 77');
  expect(await refusal({ document: report, chat_id: 'here' })).toContain('a whole number as chat_id');
  expect(await refusal({ document: report, sender: 'me' })).toContain('sender');
  const foreign = await send(server.url, form({ document: report }), { origin: 'http://elsewhere.example' });
  expect(foreign.description).toBe('Only the page of this server may ask this.');
  expect(await server.messages()).toEqual([]);
});

test("privacy mode: a caption is heard like a text, and what is the group's own talk is not", async () => {
  const server = await telegram();
  const { api } = botAt(server.url);
  await send(server.url, form({ document: report, text: 'for the record' }));
  await send(server.url, form({ document: report, text: '/evidence lint' }));
  const updates = await api.getUpdates();
  expect(updates.map(({ message }) => message?.caption)).toEqual(['/evidence lint']);
});

test('a file is shown as a guest without rights, or not at all', async () => {
  const server = await telegram();
  const { api } = botAt(server.url);
  const names = ['r.html', 'notes.md', 'review.ics', 'a.svg', 'a.json', 'b.pdf', 'tool.exe', 'page'];
  for (const name of names) await api.sendDocument(GROUP, new InputFile(Buffer.from('<p>x</p>'), name));
  const shown = (await server.messages()).map(({ document: file }) => file);
  const types = await Promise.all(
    shown.map(async (file) => {
      if (!file?.view_url) return undefined;
      const { headers } = await fetch(server.url + file.view_url);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/^sandbox; default-src 'none'/);
      expect(policy).not.toMatch(/script-src|allow-/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      return headers.get('content-type');
    }),
  );
  const plain = 'text/plain; charset=utf-8';
  expect(types).toEqual([
    'text/html; charset=utf-8',
    plain,
    plain,
    'image/svg+xml',
    plain,
    'application/pdf',
    undefined,
    undefined,
  ]);
  const hidden = await fetch(`${server.url}${shown[6]?.url}/view`);
  expect(hidden.status).toBe(404);
  const asGuest = await fetch(`${server.url}/_user/messages?chat_id=${GROUP}`, {
    headers: { origin: 'null' },
  });
  expect(asGuest.status).toBe(403);
});
