/** The objects of the Bot API that this server speaks (core.telegram.org/bots/api), under their own names. */

import type { RichMessage } from './rich/model.ts';

export interface User {
  readonly id: number;
  readonly is_bot: boolean;
  readonly first_name: string;
  readonly username: string;
}

export interface Chat {
  readonly id: number;
  readonly type: 'supergroup' | 'private';
  readonly title?: string;
  readonly is_forum?: true;
  readonly first_name?: string;
  readonly username?: string;
}

export type EntityType =
  | 'mention'
  | 'bot_command'
  | 'url'
  | 'bold'
  | 'italic'
  | 'underline'
  | 'strikethrough'
  | 'spoiler'
  | 'blockquote'
  | 'expandable_blockquote'
  | 'code'
  | 'pre'
  | 'text_link'
  | 'text_mention';

/** `offset` and `length` count UTF-16 code units, as JavaScript's strings do. */
export interface Entity {
  readonly type: EntityType;
  readonly offset: number;
  readonly length: number;
  readonly url?: string;
  readonly language?: string;
  readonly user?: User;
}

export interface FormattedText {
  readonly text: string;
  readonly entities: readonly Entity[];
}

export interface InlineButton {
  readonly text: string;
  readonly style?: 'primary' | 'success' | 'danger';
  readonly url?: string;
  readonly callback_data?: string;
  readonly copy_text?: { readonly text: string };
  /** The button is grey and does nothing. */
  readonly disabled?: object;
}

export interface InlineKeyboard {
  readonly inline_keyboard: readonly (readonly InlineButton[])[];
  /** People are shown the reply interface besides. */
  readonly force_reply?: true;
}

export interface ForceReply {
  readonly force_reply: true;
  readonly input_field_placeholder?: string;
  readonly selective?: true;
}

export interface RemoveKeyboard {
  readonly remove_keyboard: true;
  readonly selective?: true;
}

export type ReplyMarkup = InlineKeyboard | ForceReply | RemoveKeyboard;

export interface PhotoSize {
  readonly file_id: string;
  readonly file_unique_id: string;
  readonly width: number;
  readonly height: number;
  readonly file_size: number;
  /** Only in what people see: where to fetch the bytes. */
  readonly url?: string;
}

export interface Document {
  readonly file_id: string;
  readonly file_unique_id: string;
  readonly file_name: string;
  readonly mime_type: string;
  readonly file_size: number;
  readonly url?: string;
  /** Only in what people see: where it is shown, if it can be. */
  readonly view_url?: string;
}

export interface LinkPreviewOptions {
  readonly is_disabled?: boolean;
  readonly url?: string;
  readonly prefer_small_media?: boolean;
  readonly prefer_large_media?: boolean;
  readonly show_above_text?: boolean;
}

/** Who a message is from besides its user: the group for an anonymous administrator, or a channel. */
export interface SenderChat {
  readonly id: number;
  readonly type: 'supergroup' | 'channel';
  readonly title: string;
}

export interface Message {
  /** The bot gets 0 for an ephemeral message, people a fraction, which places it in the chat. */
  readonly message_id: number;
  readonly receiver_user?: User;
  readonly ephemeral_message_id?: number;
  readonly from: User;
  readonly sender_chat?: SenderChat;
  readonly is_automatic_forward?: true;
  readonly forward_origin?: {
    readonly type: 'hidden_user';
    readonly sender_user_name: string;
    readonly date: number;
  };
  readonly migrate_to_chat_id?: number;
  readonly migrate_from_chat_id?: number;
  readonly chat: Chat;
  /** Seconds since the epoch, by the sandbox's clock. */
  readonly date: number;
  readonly edit_date?: number;
  readonly message_thread_id?: number;
  readonly is_topic_message?: true;
  readonly reply_to_message?: Message;
  readonly has_protected_content?: true;
  readonly link_preview_options?: LinkPreviewOptions;
  readonly text?: string;
  readonly entities?: readonly Entity[];
  readonly caption?: string;
  readonly caption_entities?: readonly Entity[];
  readonly photo?: readonly PhotoSize[];
  readonly document?: Document;
  readonly rich_message?: RichMessage;
  /** Only in what people see: who reacted with what. */
  readonly reactions?: readonly { readonly user: User; readonly emoji: string }[];
  readonly pinned_message?: Message | InaccessibleMessage;
  readonly reply_markup?: ReplyMarkup;
}

/** A message that is gone; `date` is always 0. */
export interface InaccessibleMessage {
  readonly chat: Chat;
  readonly message_id: number;
  readonly date: 0;
}

export interface CallbackQuery {
  readonly id: string;
  readonly from: User;
  readonly message?: Message | InaccessibleMessage;
  /** In place of the message, where it was sent by way of another chat's inline query. */
  readonly inline_message_id?: string;
  readonly chat_instance: string;
  readonly data: string;
}

/** The bot's place in the group. */
export type Membership = 'administrator' | 'member' | 'restricted' | 'left' | 'kicked';

/** How a person stands to the group and to the bot: in the group, out of it, or not to be written to in private. */
export type Standing = 'there' | 'left' | 'blocked' | 'deactivated';

export interface MembershipChange {
  readonly chat: Chat;
  readonly from: User;
  readonly date: number;
  readonly old_chat_member: { readonly status: Membership; readonly user: User };
  readonly new_chat_member: { readonly status: Membership; readonly user: User };
}

/** Bots may use any emoji of Telegram's list; which these are is not checked here. */
export interface Reaction {
  readonly type: 'emoji';
  readonly emoji: string;
}

export interface ReactionChange {
  readonly chat: Chat;
  readonly message_id: number;
  readonly user: User;
  readonly date: number;
  readonly old_reaction: readonly Reaction[];
  readonly new_reaction: readonly Reaction[];
}

export interface UpdateContent {
  readonly message?: Message;
  readonly edited_message?: Message;
  readonly callback_query?: CallbackQuery;
  readonly my_chat_member?: MembershipChange;
  readonly chat_member?: MembershipChange;
  readonly message_reaction?: ReactionChange;
}

export interface Update extends UpdateContent {
  readonly update_id: number;
}

export interface BotCommand {
  readonly command: string;
  readonly description: string;
  /** Whoever gives it in a group, nobody else sees it but the bot. */
  readonly is_ephemeral?: true;
}
