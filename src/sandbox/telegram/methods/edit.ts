import { isDeepStrictEqual } from 'node:util';
import type { Chats } from '../chats.ts';
import { ephemeralIn } from '../ephemeral.ts';
import { badRequest } from '../errors.ts';
import type { Files } from '../files.ts';
import type { Flood } from '../flood.ts';
import { inlineMarkup } from '../keyboard.ts';
import type { Ledger } from '../ledger.ts';
import { Params, paramsOf } from '../params.ts';
import { readRichMessage } from '../rich/read.ts';
import type { Content, StoredChat, StoredMessage } from '../state.ts';
import { characters, MAX_TEXT } from '../text/formatted.ts';
import type { WhoIs } from '../text/html.ts';
import { captionOf, previewOf, textOf } from './send.ts';
import type { Methods } from './table.ts';

const NOT_MODIFIED =
  'message is not modified: specified new message content and reply markup are exactly the same as a current content ' +
  'and reply markup of the message';
// The check of an edit's length is the server's own, hence other words than a send's.
const TEXT_TOO_LONG = 'MESSAGE_TOO_LONG';
const CAPTION_TOO_LONG = 'MEDIA_CAPTION_TOO_LONG';
/** Seconds within which a bot may delete (core.telegram.org/bots/api#deletemessage). */
const DELETABLE = 48 * 60 * 60;
/** core.telegram.org/bots/api#deletemessages. */
const MAX_DELETED = 100;

export function editMethods(chats: Chats, ledger: Ledger, files: Files, flood: Flood): Methods {
  type Change = (params: Params, old: Content) => Content;

  /** An edit without a keyboard takes the keyboard away, as Telegram does. */
  function edit(chat: StoredChat, old: StoredMessage, params: Params, change: Change): StoredMessage {
    const { kind } = old.content;
    if (old.from.id !== chats.bot.id || kind === 'pin' || kind === 'migration')
      throw badRequest("message can't be edited");
    // Messages that carry another keyboard than an inline one stay as they are (tdlib, can_edit_message).
    if (old.markup !== undefined && !('inline_keyboard' in old.markup)) {
      throw badRequest("message can't be edited");
    }
    const content = change(params, old.content);
    const markup = inlineMarkup(params, old.markup);
    flood.spend(chat.id, chats.isGroup(chat));
    if (isDeepStrictEqual([content, markup], [old.content, old.markup])) throw badRequest(NOT_MODIFIED);
    const { markup: _, ...kept } = old;
    const message: StoredMessage = {
      ...kept,
      content,
      editDate: chats.now(),
      ...(markup === undefined ? {} : { markup }),
    };
    ledger.commit({ do: 'put', chat: chat.id, message });
    return message;
  }

  const forAll = (change: Change) => (params: Params) => {
    const chat = chats.forBot(params);
    const message = edit(chat, messageIn(chat, params, 'edit'), params, change);
    return chats.render(chat, message, 'bot');
  };
  const forOne = (change: Change) => (params: Params) => {
    const chat = chats.forBot(params);
    edit(chat, ephemeralIn(chat, params, 'edit'), params, change);
    return true;
  };

  const text: Change = (params, old) => {
    const rich = params.text('rich_message') !== '';
    if (rich && params.text('text') !== '') throw badRequest('text and rich_message exclude each other');
    const content = rich ? undefined : textOf(params, chats.whoIs);
    if (old.kind !== 'text' && old.kind !== 'rich')
      throw badRequest('there is no text in the message to edit');
    if (content === undefined) return { kind: 'rich', rich: readRichMessage(params, chats.whoIs) };
    if (characters(content.text) > MAX_TEXT) throw badRequest(TEXT_TOO_LONG);
    return { kind: 'text', ...content, ...previewOf(params) };
  };
  const caption: Change = (params, old) => {
    if (old.kind !== 'photo' && old.kind !== 'document') {
      throw badRequest('there is no caption in the message to edit');
    }
    return { kind: old.kind, file: old.file, ...captionOf(params, CAPTION_TOO_LONG, chats.whoIs) };
  };
  const media: Change = (params) => mediaFrom(params, files, chats.whoIs);
  const keyboard: Change = (_, old) => old;

  return {
    editMessageText: forAll(text),
    editMessageCaption: forAll(caption),
    editMessageMedia: forAll(media),
    editMessageReplyMarkup: forAll(keyboard),
    editEphemeralMessageText: forOne(text),
    editEphemeralMessageCaption: forOne(caption),
    editEphemeralMessageMedia: forOne(media),
    editEphemeralMessageReplyMarkup: forOne(keyboard),
    deleteMessage: (params) => {
      const chat = chats.forBot(params);
      deletable(chat, messageIn(chat, params, 'delete'));
      ledger.commit({ do: 'delete', chat: chat.id, id: params.int('message_id', 0) });
      return true;
    },
    /** Those that are not there are passed over (core.telegram.org/bots/api#deletemessages). */
    deleteMessages: (params) => {
      const chat = chats.forBot(params);
      const ids = params.json('message_ids');
      if (!Array.isArray(ids) || !ids.every(Number.isInteger)) {
        throw badRequest('expected an Array of Integer as message_ids');
      }
      if (ids.length === 0) throw badRequest('message identifiers are not specified');
      if (ids.length > MAX_DELETED) throw badRequest('too many message identifiers specified');
      const there = ids.filter((id) => chat.messages.has(id));
      for (const id of there) deletable(chat, chat.messages.get(id));
      ledger.commit(...there.map((id) => ({ do: 'delete' as const, chat: chat.id, id })));
      return true;
    },
    deleteEphemeralMessage: (params) => {
      const chat = chats.forBot(params);
      ledger.commit({ do: 'delete', chat: chat.id, id: ephemeralIn(chat, params, 'delete').id });
      return true;
    },
  };

  /** An administrator deletes anybody's messages, any bot its own and those of private chats. @throws ApiError */
  function deletable(chat: StoredChat, message: StoredMessage | undefined): void {
    const mine = message?.from.id === chats.bot.id;
    const allowed = mine || !chats.isGroup(chat) || chats.botIsAdmin;
    if (!allowed || chats.now() - (message?.date ?? 0) > DELETABLE) {
      throw badRequest("message can't be deleted for everyone");
    }
  }
}

/** The message that a call means. @param purpose ends the sentence of the refusal: "message to … not found". */
export function messageIn(chat: StoredChat, params: Params, purpose: string): StoredMessage {
  const message = chat.messages.get(params.int('message_id', 0));
  if (message === undefined) throw badRequest(`message to ${purpose} not found`);
  return message;
}

/** `media` is an InputMedia: its caption and parse mode stand inside it. */
function mediaFrom(params: Params, files: Files, whoIs: WhoIs): Content {
  const media = params.json('media', 'input media');
  if (media === undefined || media === null || typeof media !== 'object' || Array.isArray(media)) {
    throw badRequest("can't parse input media JSON object");
  }
  const inner = new Params(paramsOf(media).values, params.uploads);
  const kind = inner.text('type');
  if (kind !== 'photo' && kind !== 'document') {
    throw badRequest(
      `can't parse InputMedia: the sandbox models the types photo and document, not "${kind}"`,
    );
  }
  const file = files.take(kind, inner.text('media'), 'media', params);
  return { kind, file: file.uniqueId, ...captionOf(inner, CAPTION_TOO_LONG, whoIs) };
}
