import type { Chats } from './chats.ts';
import type { Ledger } from './ledger.ts';
import type { Message } from './model.ts';

/** What happens in a chat, as people see it. */
export type ChatEvent =
  /** New, or changed. */
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'delete'; readonly message_id: number }
  | { readonly kind: 'typing'; readonly action: string };

type Listener = (chatId: number, event: ChatEvent) => void;

/** Tells pages and tests what happens in the chats, so that nobody has to ask again and again. */
export class Events {
  readonly #listeners = new Set<Listener>();
  readonly #unlisten: () => void;

  constructor(chats: Chats, ledger: Ledger) {
    this.#unlisten = ledger.listen((mutation) => {
      if (this.#listeners.size === 0) return;
      if (mutation.do === 'put') {
        const chat = chats.find(mutation.chat);
        if (chat === undefined) return;
        const message = chats.render(chat, mutation.message, 'people');
        this.#tell(chat.id, { kind: 'message', message });
      } else if (mutation.do === 'delete') {
        this.#tell(mutation.chat, { kind: 'delete', message_id: mutation.id });
      }
    });
  }

  typing(chatId: number, action: string): void {
    this.#tell(chatId, { kind: 'typing', action });
  }

  /** @returns a function that ends the listening. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#unlisten();
    this.#listeners.clear();
  }

  #tell(chatId: number, event: ChatEvent): void {
    for (const listener of [...this.#listeners]) listener(chatId, event);
  }
}
