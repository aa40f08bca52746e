/** What the page hears from its server. Messages are Bot API `Message` objects as the chat shows them now. */

import type { RichMessage } from './richWire.ts';

export interface Person {
  readonly id: number;
  readonly firstName: string;
  readonly username: string;
  /** Empty for a bystander. */
  readonly roles: readonly string[];
}

export interface ClockReading {
  /** Real milliseconds since the epoch at which the sandbox's clock read `epoch`. */
  readonly origin: number;
  readonly epoch: number;
  readonly speed: number;
}

/** `GET /_sandbox`: where things are and who is who. */
export interface Sandbox {
  readonly appEngine?: string;
  readonly proxy?: string;
  readonly project?: string;
  readonly clock: ClockReading;
  readonly chatId: number;
  readonly chatTitle: string;
  readonly bot: { readonly id: number; readonly firstName: string; readonly username: string };
  readonly people: readonly Person[];
  /** Whether there is a world behind the chat that can be played with. */
  readonly panel?: boolean;
}

export interface User {
  readonly id: number;
  readonly is_bot: boolean;
  readonly first_name: string;
  readonly username?: string;
}

/** `offset` and `length` count UTF-16 code units, as JavaScript's strings do. */
export interface Entity {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
  readonly url?: string;
  readonly language?: string;
  readonly user?: User;
}

export type ButtonStyle = 'primary' | 'success' | 'danger';

export interface InlineButton {
  readonly text: string;
  readonly callback_data?: string;
  readonly url?: string;
  readonly copy_text?: { readonly text: string };
  /** The button is grey and does nothing. */
  readonly disabled?: object;
  readonly style?: ButtonStyle;
}

export interface ReplyMarkup {
  readonly inline_keyboard?: readonly (readonly InlineButton[])[];
  readonly force_reply?: boolean;
  readonly selective?: boolean;
  readonly input_field_placeholder?: string;
}

export interface Photo {
  readonly width: number;
  readonly height: number;
  readonly url?: string;
}

export interface Document {
  readonly file_name?: string;
  readonly file_size?: number;
  readonly mime_type?: string;
  readonly url?: string;
  /** Where it is shown in a tab of its own, if it can be. */
  readonly view_url?: string;
}

export interface Message {
  /** A fraction for an ephemeral one, which places it in the chat. */
  readonly message_id: number;
  readonly from: User;
  /** The only person who sees it, besides whoever wrote it. */
  readonly receiver_user?: User;
  /** Seconds since the epoch, by the sandbox's clock. */
  readonly date: number;
  readonly edit_date?: number;
  readonly text?: string;
  readonly entities?: readonly Entity[];
  readonly caption?: string;
  readonly caption_entities?: readonly Entity[];
  /** Sizes of one photo, the largest last. */
  readonly photo?: readonly Photo[];
  readonly document?: Document;
  readonly rich_message?: RichMessage;
  readonly reactions?: readonly { readonly user: User; readonly emoji: string }[];
  readonly reply_to_message?: Message;
  readonly reply_markup?: ReplyMarkup;
  /** Only its id is left of a message that was deleted since. */
  readonly pinned_message?: Pick<
    Message,
    'message_id' | 'text' | 'caption' | 'rich_message' | 'photo' | 'document'
  >;
}

export interface Command {
  readonly command: string;
  readonly description: string;
}

/** What came of a tap on an inline button. */
export interface Press {
  /** False when the bot did not answer in time. */
  readonly answered: boolean;
  readonly text?: string;
  readonly show_alert?: boolean;
}
