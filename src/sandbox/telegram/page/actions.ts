import type { InlineButton, Message } from './wire.ts';

/** What a bubble can ask of the page. One stable object per person, so that bubbles need not be drawn again. */
export interface Actions {
  /** Resolves when the bot has answered, or has not within the server's patience. */
  press(message: Message, button: Pick<InlineButton, 'text' | 'callback_data'>): Promise<void>;
  send(text: string): Promise<void>;
  reply(message: Message): void;
  copy(text: string): Promise<void>;
  showPhoto(url: string, title: string): void;
  /** Scrolls to a message and makes it flash. */
  jumpTo(messageId: number): void;
}
