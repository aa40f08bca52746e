import { useEffect, useLayoutEffect, useReducer, useState } from 'preact/hooks';
import { type Chat, emptyChat, evolveChat } from './chat.ts';
import { type Link, listen } from './connection.ts';
import type { ClockReading } from './wire.ts';

/** Real milliseconds for which Telegram shows "typing": 5 s, or until a message arrives. */
const TYPING = 5000;

export interface LiveChat {
  readonly chat: Chat;
  readonly link: Link;
  readonly typing: boolean;
}

/** The chat, kept up to date. `onLive` runs after the connection stands, at first and after every break. */
export function useChat(
  chatId: number,
  onLive: () => void,
  onClock: (reading: ClockReading) => void,
  onFailed: (error: unknown) => void,
): LiveChat {
  const [chat, dispatch] = useReducer(evolveChat, emptyChat);
  const [link, setLink] = useState<Link>('connecting');
  const [typingSince, setTypingSince] = useState<number>();

  // At once, not after the first paint: the history is what the page is for.
  useLayoutEffect(
    () =>
      listen(chatId, {
        chat(event) {
          dispatch(event);
          if (event.type === 'message' && event.message.from.is_bot) setTypingSince(undefined);
        },
        typing: () => setTypingSince(performance.now()),
        link(state) {
          setLink(state);
          if (state === 'live') onLive();
        },
        clock: onClock,
        failed: onFailed,
      }),
    [chatId, onLive, onClock, onFailed],
  );

  useEffect(() => {
    if (typingSince === undefined) return;
    const timer = setTimeout(() => setTypingSince(undefined), TYPING);
    return () => clearTimeout(timer);
  }, [typingSince]);

  return { chat, link, typing: typingSince !== undefined };
}
