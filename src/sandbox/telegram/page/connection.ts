import { loadMessages } from './api.ts';
import type { ChatEvent } from './chat.ts';
import type { ClockReading, Message } from './wire.ts';

export type Link = 'connecting' | 'live' | 'lost';

export interface Listener {
  chat(event: ChatEvent): void;
  /** Somebody types, as far as the server says. */
  typing(): void;
  link(state: Link): void;
  /** The sandbox's clock was set to another speed. */
  clock(reading: ClockReading): void;
  /** A history that could not be read although the stream is open. */
  failed(error: unknown): void;
}

/** Real milliseconds before a stream that the server refused is tried again. */
const RETRY = 2000;

/**
 * Listens to a chat until the returned function is called. The stream is opened first and the history read after it,
 * with what streams in meanwhile held back, so nothing falls between the two; the same after every break.
 */
export function listen(chatId: number, listener: Listener): () => void {
  let stream: EventSource;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let held: ChatEvent[] | undefined = [];

  function open() {
    stream = new EventSource(`/_user/events?chat_id=${chatId}`);
    stream.onopen = catchUp;
    stream.onerror = () => {
      listener.link('lost');
      // The browser tries again by itself unless the server's answer was no stream at all.
      if (stream.readyState === EventSource.CLOSED) retry = setTimeout(open, RETRY);
    };
    stream.addEventListener('message', (e) => {
      const message: Message = JSON.parse(e.data);
      deliver({ type: 'message', message });
    });
    stream.addEventListener('delete', (e) => {
      const gone: { message_id: number } = JSON.parse(e.data);
      deliver({ type: 'delete', messageId: gone.message_id });
    });
    stream.addEventListener('typing', () => listener.typing());
    stream.addEventListener('clock', (e) => listener.clock(JSON.parse(e.data)));
  }

  async function catchUp() {
    const meanwhile: ChatEvent[] = [];
    held = meanwhile;
    try {
      const messages = await loadMessages(chatId);
      // The stream broke and came back while this was on its way: the later reading counts.
      if (held !== meanwhile) return;
      listener.chat({ type: 'history', messages });
      for (const event of meanwhile) listener.chat(event);
      held = undefined;
      listener.link('live');
    } catch (error) {
      listener.failed(error);
      stream.close();
      listener.link('lost');
      retry = setTimeout(open, RETRY);
    }
  }

  function deliver(event: ChatEvent) {
    if (held === undefined) listener.chat(event);
    else held.push(event);
  }

  open();
  return () => {
    clearTimeout(retry);
    stream.close();
  };
}
