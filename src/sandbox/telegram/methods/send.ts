import type { Chats } from '../chats.ts';
import { ephemeralOf, newEphemeral, repliedEphemeral } from '../ephemeral.ts';
import { badRequest } from '../errors.ts';
import type { Files } from '../files.ts';
import type { Flood } from '../flood.ts';
import { replyMarkup } from '../keyboard.ts';
import type { Ledger } from '../ledger.ts';
import type { FormattedText, LinkPreviewOptions, Message } from '../model.ts';
import type { Params } from '../params.ts';
import type { Presses } from '../presses.ts';
import { readRichMessage } from '../rich/read.ts';
import type { Content, StoredChat, StoredMessage } from '../state.ts';
import { characters, formattedText, MAX_CAPTION, MAX_TEXT } from '../text/formatted.ts';
import type { WhoIs } from '../text/html.ts';
import type { Methods } from './table.ts';

const ACTIONS = new Set([
  'typing',
  'upload_photo',
  'record_video',
  'upload_video',
  'record_voice',
  'upload_voice',
  'upload_document',
  'choose_sticker',
  'find_location',
  'record_video_note',
  'upload_video_note',
]);

/** @param onTyping told of a chat action, which nothing keeps. */
export function sendMethods(
  chats: Chats,
  ledger: Ledger,
  files: Files,
  flood: Flood,
  presses: Presses,
  onTyping: (chatId: number, action: string) => void,
): Methods {
  function send(params: Params, makeContent: () => Content): Message {
    const chat = chats.forBot(params);
    if (chats.isGroup(chat) && chats.membership === 'restricted') {
      throw badRequest('not enough rights to send text messages to the chat');
    }
    const thread = topic(chat, params);
    const ephemeral = ephemeralOf(chat, params, chats, presses);
    const replyTo = repliedTo(chat, params, ephemeral !== undefined);
    const content = makeContent();
    const markup = replyMarkup(params);
    flood.spend(chat.id, chats.isGroup(chat));
    const message: StoredMessage = {
      ...(ephemeral === undefined ? { id: chat.lastId + 1 } : newEphemeral(chat, ephemeral)),
      from: chats.bot,
      date: chats.now(),
      content,
      ...(markup === undefined ? {} : { markup }),
      ...(thread === undefined ? {} : { thread }),
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(params.bool('protect_content') ? { protected: true as const } : {}),
    };
    ledger.commit({ do: 'put', chat: chat.id, message });
    return chats.render(chat, message, 'bot');
  }

  return {
    sendMessage: (params) => send(params, () => textContent(params, chats.whoIs)),
    sendRichMessage: (params) =>
      send(params, () => ({ kind: 'rich', rich: readRichMessage(params, chats.whoIs) })),
    sendPhoto: (params) => send(params, () => mediaContent('photo', params, files, chats.whoIs)),
    sendDocument: (params) => send(params, () => mediaContent('document', params, files, chats.whoIs)),
    sendChatAction: (params) => {
      const chat = chats.forBot(params);
      const action = params.text('action');
      if (!ACTIONS.has(action)) throw badRequest('wrong parameter action in request');
      onTyping(chat.id, action);
      return true;
    },
  };
}

function mediaContent(kind: 'photo' | 'document', params: Params, files: Files, whoIs: WhoIs): Content {
  const caption = captionOf(params, 'message caption is too long', whoIs);
  const file = files.take(kind, params.text(kind), kind, params);
  return { kind, file: file.uniqueId, ...caption };
}

/** What sendMessage says. @throws ApiError when it is empty or too long. */
function textContent(params: Params, whoIs: WhoIs): Content {
  const text = textOf(params, whoIs);
  if (characters(text.text) > MAX_TEXT) throw badRequest('message is too long');
  return { kind: 'text', ...text, ...previewOf(params) };
}

/** `text`, parsed. @throws ApiError when nothing is left of it. */
export function textOf(params: Params, whoIs: WhoIs): FormattedText {
  const raw = params.text('text');
  if (raw === '') throw badRequest('message text is empty');
  const text = formattedText(raw, params.text('parse_mode'), params.json('entities'), whoIs);
  if (text.text === '') throw badRequest('text must be non-empty');
  return text;
}

/** `caption`, parsed; it may be empty. @param tooLong words the refusal: sends and edits differ. */
export function captionOf(params: Params, tooLong: string, whoIs: WhoIs): FormattedText {
  const caption = formattedText(
    params.text('caption'),
    params.text('parse_mode'),
    params.json('caption_entities'),
    whoIs,
  );
  if (characters(caption.text) > MAX_CAPTION) throw badRequest(tooLong);
  return caption;
}

export function previewOf(params: Params): { readonly preview?: LinkPreviewOptions } {
  const value = params.json('link_preview_options', 'link preview options');
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest('object expected as link preview options');
  }
  return { preview: value };
}

function topic(chat: StoredChat, params: Params): number | undefined {
  const thread = params.int('message_thread_id', 0);
  if (thread <= 0) return undefined;
  if (!chat.topics.has(thread)) throw badRequest('message thread not found');
  if (chat.closed.has(thread)) throw badRequest('TOPIC_CLOSED');
  return thread;
}

function repliedTo(chat: StoredChat, params: Params, ephemeral: boolean): number | undefined {
  const value = params.json('reply_parameters', 'reply parameters');
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest('object expected as reply parameters');
  }
  const {
    message_id: id,
    chat_id: other,
    ephemeral_message_id: ephemeralId,
    allow_sending_without_reply: lenient,
  } = value as Record<string, unknown>;
  if (other !== undefined && Number(other) !== chat.id) {
    throw badRequest('replies to another chat are not modelled by this sandbox');
  }
  if (ephemeralId !== undefined) return repliedEphemeral(chat, ephemeralId, ephemeral);
  if (typeof id === 'number' && Number.isInteger(id) && chat.messages.has(id)) return id;
  if (lenient === true) return undefined;
  throw badRequest('message to be replied not found');
}
