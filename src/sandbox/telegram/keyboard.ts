import { badRequest } from './errors.ts';
import { checkedLink } from './links.ts';
import type { InlineButton, InlineKeyboard, ReplyMarkup } from './model.ts';
import type { Params } from './params.ts';

/** In bytes (core.telegram.org/bots/api#inlinekeyboardbutton). */
const MAX_CALLBACK_DATA = 64;
const MAX_COPY_TEXT = 256;
const STYLES = ['primary', 'success', 'danger'] as const;
/** Fields of the Bot API's that would make another button of it. What the Bot API does not know either is passed over, as it does. */
const UNMODELLED = [
  'icon_custom_emoji_id',
  'web_app',
  'login_url',
  'switch_inline_query',
  'switch_inline_query_current_chat',
  'switch_inline_query_chosen_chat',
  'callback_game',
  'pay',
];

type Fields = Readonly<Record<string, unknown>>;

/**
 * The `reply_markup` of a call; an empty one counts as none.
 * @throws ApiError in the words of Client.cpp; what the sandbox does not model (reply keyboards, web apps, …) is refused
 * rather than passed over, so that nobody believes to have tested it.
 */
export function replyMarkup(params: Params): ReplyMarkup | undefined {
  const value = params.json('reply_markup', 'reply keyboard markup');
  if (value === undefined) return undefined;
  if (!isFields(value)) throw badRequest('object expected as reply markup');
  if ('keyboard' in value) throw badRequest('reply keyboards are not modelled by this sandbox');
  const keyboard = inlineKeyboard(value);
  if (keyboard !== undefined) return keyboard;
  const selective = value.selective === true ? { selective: true as const } : {};
  if (value.remove_keyboard === true) return { remove_keyboard: true, ...selective };
  if (value.force_reply !== true) return undefined;
  const placeholder = value.input_field_placeholder;
  return {
    force_reply: true,
    ...(typeof placeholder === 'string' ? { input_field_placeholder: placeholder } : {}),
    ...selective,
  };
}

/** Edits take inline keyboards only; whether they ask for a reply stays as it was sent (InlineKeyboardMarkup, force_reply). */
export function inlineMarkup(params: Params, old?: ReplyMarkup): InlineKeyboard | undefined {
  const markup = replyMarkup(params);
  if (markup === undefined) return undefined;
  if (!('inline_keyboard' in markup)) throw badRequest('inline keyboard expected');
  const forced = old !== undefined && 'inline_keyboard' in old && old.force_reply === true;
  return { inline_keyboard: markup.inline_keyboard, ...(forced ? { force_reply: true } : {}) };
}

function inlineKeyboard({ inline_keyboard: rows, force_reply: forced }: Fields): InlineKeyboard | undefined {
  if (rows === undefined) return undefined;
  if (!Array.isArray(rows) || !rows.every(Array.isArray)) {
    throw badRequest('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays');
  }
  const filled = rows.map((row: unknown[]) => row.map(inlineButton)).filter((row) => row.length > 0);
  if (filled.length === 0) return undefined;
  return { inline_keyboard: filled, ...(forced === true ? { force_reply: true } : {}) };
}

/** One button, checked. @throws ApiError in the words of Client.cpp, or for what the sandbox does not model. */
export function inlineButton(value: unknown): InlineButton {
  if (!isFields(value)) throw unreadable('InlineKeyboardButton must be an Object');
  const unmodelled = UNMODELLED.find((name) => value[name] !== undefined);
  if (unmodelled !== undefined) {
    throw unreadable(`the sandbox does not model the field "${unmodelled}" of a button`);
  }
  const text = field(value, 'text');
  const style = buttonStyle(field(value, 'style'));
  const kind = buttonKind(value);
  if (text === '') throw badRequest('inline keyboard button text must be non-empty');
  return { text, ...(style === undefined ? {} : { style }), ...kind };
}

function buttonStyle(name: string): InlineButton['style'] {
  const lower = name.toLowerCase();
  if (lower === '' || lower === 'default') return undefined;
  const style = STYLES.find((one) => one === lower);
  if (style === undefined) throw unreadable('invalid button style specified');
  return style;
}

function buttonKind(value: Fields): Partial<InlineButton> {
  const url = field(value, 'url');
  if (url !== '') {
    const checked = checkedLink(url);
    if (checked.ok) return { url: checked.link };
    throw badRequest(`inline keyboard button URL '${url}' is invalid: ${checked.reason}`);
  }
  const data = field(value, 'callback_data');
  if (data !== '') {
    if (Buffer.byteLength(data) > MAX_CALLBACK_DATA) throw badRequest('BUTTON_DATA_INVALID');
    return { callback_data: data };
  }
  const { copy_text: copy, disabled } = value;
  if (disabled !== undefined) {
    if (!isFields(disabled)) throw unreadable('Field "disabled" must be of type Object');
    return { disabled: {} };
  }
  if (copy === undefined) throw unreadable('Text buttons are unallowed in the inline keyboard');
  if (!isFields(copy)) throw unreadable('Field "copy_text" must be of type Object');
  const text = field(copy, 'text');
  if (text === '' || text.length > MAX_COPY_TEXT) throw badRequest('BUTTON_COPY_TEXT_INVALID');
  return { copy_text: { text } };
}

/** Empty when it is missing; numbers pass as text, as tdlib's JSON reader lets them. */
function field(object: Fields, name: string): string {
  const value = object[name];
  if (value === undefined || value === null) return '';
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw unreadable(`Field "${name}" must be of type String`);
}

function unreadable(reason: string) {
  return badRequest(`can't parse inline keyboard button: ${reason}`);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
