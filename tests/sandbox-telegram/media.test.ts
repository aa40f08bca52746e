import { createCanvas } from '@napi-rs/canvas';
import { InputFile } from 'grammy';
import { expect, test } from 'vitest';
import {
  ADA,
  botAt,
  GROUP,
  seen,
  serverEvents,
  TOKEN,
  telegram,
  temporaryFolder,
  thrown,
} from './support.ts';

const png = (width: number, height: number) => createCanvas(width, height).toBuffer('image/png');

test('a photo with a caption is shown, fetched, exchanged and captioned anew', async () => {
  const dataDir = temporaryFolder();
  const server = await telegram({ dataDir });
  const { api } = botAt(server.url);
  const [first, second] = [png(64, 32), createCanvas(50, 40).toBuffer('image/jpeg')];
  const sent = await api.sendPhoto(GROUP, new InputFile(first, 'chart.png'), {
    caption: '<b>10 %</b>',
    parse_mode: 'HTML',
    reply_markup: { inline_keyboard: [[{ text: 'Promote', callback_data: 'p' }]] },
  });
  expect(sent.photo).toMatchObject([{ width: 64, height: 32, file_size: first.length }]);
  expect(sent.caption_entities).toEqual([{ type: 'bold', offset: 0, length: 4 }]);
  const [shown] = await server.messages();
  const bytes = await fetch(server.url + shown?.photo?.[0]?.url);
  expect(bytes.headers.get('content-type')).toBe('image/png');
  expect(Buffer.from(await bytes.arrayBuffer()).equals(first)).toBe(true);

  const media = { type: 'photo', media: new InputFile(second), caption: '50 %' } as const;
  const edited = await api.editMessageMedia(GROUP, sent.message_id, media);
  expect(edited).toMatchObject({ caption: '50 %', photo: [{ width: 50, height: 40 }] });
  expect((await server.messages())[0]?.reply_markup).toBeUndefined();

  const same = { type: 'photo', media: sent.photo.at(-1)?.file_id ?? '', caption: '50 %' } as const;
  await api.editMessageMedia(GROUP, sent.message_id, same);
  expect((await thrown(api.editMessageMedia(GROUP, sent.message_id, same))).description).toContain(
    'not modified',
  );
  await api.editMessageCaption(GROUP, sent.message_id, { caption: '100 %' });
  expect((await server.messages())[0]).toMatchObject({ caption: '100 %', photo: [{ width: 64 }] });
  expect((await thrown(api.editMessageText(GROUP, sent.message_id, 'x'))).description).toBe(
    'Bad Request: there is no text in the message to edit',
  );

  const file = await api.getFile(sent.photo[0]?.file_id ?? '');
  const download = await fetch(`${server.url}/file/bot${TOKEN}/${file.file_path}`);
  expect(Buffer.from(await download.arrayBuffer()).equals(first)).toBe(true);
  await server.close();
  const after = await telegram({ dataDir });
  const again = await fetch(after.url + (await after.messages())[0]?.photo?.[0]?.url);
  expect(Buffer.from(await again.arrayBuffer()).equals(first)).toBe(true);
});

test('a document keeps its name and is never shown in place', async () => {
  const server = await telegram();
  const { api } = botAt(server.url);
  await api.sendDocument(GROUP, new InputFile(Buffer.from('<script>1</script>'), 'über log.html'));
  const [message] = await server.messages();
  expect(message?.document?.file_name).toBe('über log.html');
  const { headers } = await fetch(server.url + message?.document?.url);
  expect(headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''%C3%BCber%20log.html");
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

test('what is no photo is refused', async () => {
  const server = await telegram();
  const { api } = botAt(server.url);
  const refusal = async (file: string | InputFile, caption = '') =>
    (await thrown(api.sendPhoto(GROUP, file, { caption }))).description;
  expect(await refusal(new InputFile(Buffer.from('text'), 'a.png'))).toBe(
    'Bad Request: IMAGE_PROCESS_FAILED',
  );
  expect(await refusal(new InputFile(png(2100, 100), 'a.png'))).toBe('Bad Request: PHOTO_INVALID_DIMENSIONS');
  expect(await refusal('AgACnowhere')).toBe('Bad Request: wrong file identifier/HTTP URL specified');
  expect(await refusal(new InputFile(png(1, 1)), 'x'.repeat(1025))).toBe(
    'Bad Request: message caption is too long',
  );
  expect(await refusal(new InputFile(Buffer.alloc(10 * 1024 * 1024 + 1), 'a.png'))).toContain(
    'too big for a photo',
  );
  expect(await server.messages()).toEqual([]);
});

test('topics, replies and pins are kept; a chat action and a deletion reach the page', async () => {
  const server = await telegram();
  const { api } = botAt(server.url);
  const abort = new AbortController();
  const stream = await fetch(`${server.url}/_user/events?chat_id=${GROUP}`, { signal: abort.signal });
  const events = serverEvents(stream);
  const { message } = await server.send(ADA, '/deploy', { message_thread_id: 7 });
  const answer = await api.sendMessage(GROUP, 'in the topic', {
    message_thread_id: 7,
    reply_parameters: { message_id: message.message_id },
  });
  expect(answer).toMatchObject({
    message_thread_id: 7,
    is_topic_message: true,
    chat: { is_forum: true },
    reply_to_message: { text: '/deploy' },
  });
  await api.pinChatMessage(GROUP, answer.message_id);
  expect((await api.getChat(GROUP)).pinned_message?.text).toBe('in the topic');
  expect(
    (await seen(server, ({ pinned_message: pinned }) => pinned !== undefined)).pinned_message?.text,
  ).toBe('in the topic');
  await api.unpinChatMessage(GROUP);
  expect((await api.getChat(GROUP)).pinned_message).toBeUndefined();
  await api.sendChatAction(GROUP, 'upload_photo');
  await api.deleteMessage(GROUP, answer.message_id);
  const heard: string[] = [];
  for await (const { event, data } of events) {
    heard.push(event);
    if (event !== 'delete') continue;
    expect(JSON.parse(data)).toEqual({ message_id: answer.message_id });
    break;
  }
  abort.abort();
  expect(heard).toEqual(['message', 'message', 'message', 'typing', 'delete']);
});
