import type { Command, Message, Press, Sandbox } from './wire.ts';

/** The server's own word on why it refused, fit to be shown to a person. */
export class Refused extends Error {}

export function loadSandbox(): Promise<Sandbox> {
  return call('/_sandbox');
}

/** The page hears of the new reading by its event stream. */
export async function setSpeed(speed: number): Promise<void> {
  await call('/_sandbox/speed', { speed });
}

export async function loadMessages(chatId: number): Promise<readonly Message[]> {
  const answer = await call<{ messages: Message[] }>(`/_user/messages?chat_id=${chatId}`);
  return answer.messages;
}

/** The menu after the slash; a bot may offer other commands to other people. */
export function loadCommands(chatId: number, userId: number): Promise<readonly Command[]> {
  return call(`/_user/commands?chat_id=${chatId}&user_id=${userId}`);
}

export async function sendText(
  chatId: number,
  userId: number,
  text: string,
  replyTo: number | undefined,
): Promise<void> {
  await call('/_user/send', {
    chat_id: chatId,
    user_id: userId,
    text,
    ...(replyTo === undefined ? {} : { reply_to: replyTo }),
  });
}

/** What somebody is about to send: a photo is shown in the chat, anything else is a row to open and to save. */
export interface Attachment {
  readonly file: File;
  readonly kind: 'photo' | 'document';
}

export async function sendFile(
  chatId: number,
  userId: number,
  { file, kind }: Attachment,
  caption: string,
  replyTo: number | undefined,
): Promise<void> {
  const form = new FormData();
  form.set('chat_id', String(chatId));
  form.set('user_id', String(userId));
  form.set('text', caption);
  if (replyTo !== undefined) form.set('reply_to', String(replyTo));
  form.set(kind, file, file.name);
  await call('/_user/send', form);
}

/** Resolves when the bot has answered the tap, or when the server has stopped waiting for it. */
export function pressButton(
  chatId: number,
  userId: number,
  messageId: number,
  button: string,
): Promise<Press> {
  return call('/_user/press', { chat_id: chatId, user_id: userId, message_id: messageId, button });
}

/** GET without a body, POST with one, as JSON unless it is a form, or the method that is named. Throws {@link Refused} with a sentence when the server says no or is away. */
export async function call<T>(path: string, body?: object, method?: 'DELETE'): Promise<T> {
  const init = body === undefined ? { ...(method && { method }) } : post(body);
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new Refused('The sandbox does not answer. Is it still running?');
  }
  const text = await response.text();
  if (response.ok) return JSON.parse(text) as T;
  throw new Refused(reasonIn(text) ?? `The sandbox answered ${response.status} to ${path}.`);
}

function post(body: object): RequestInit {
  if (body instanceof FormData) return { method: 'POST', body };
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function reasonIn(text: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== 'object' || answer === null) return undefined;
    if ('description' in answer && typeof answer.description === 'string') return answer.description;
    if ('error' in answer && typeof answer.error === 'string') return answer.error;
  } catch {
    // Not JSON: the status alone has to do.
  }
  return undefined;
}
