import type { RefObject } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Actions } from './actions.ts';
import { BlockView } from './BlockView.tsx';
import { type Block, blockStart, toBlocks } from './blocks.ts';
import { type Chat, positionOf } from './chat.ts';
import { Hint } from './Hint.tsx';
import { Icon } from './icons.tsx';
import type { Person } from './wire.ts';

/** How many messages are drawn at first, and how many more each time the reader comes near the oldest one. */
const CHUNK = 150;
/** Pixels from the bottom within which the reader counts as being at the bottom. */
const NEAR = 48;
/** Pixels from the top at which older messages are drawn. */
const AHEAD = 900;

interface LogProps {
  readonly chat: Chat;
  readonly me: Person;
  readonly people: readonly Person[];
  readonly actions: Actions;
  /** Set by the log: scrolls to a message, drawing it first if it is an old one. */
  readonly jump: RefObject<(messageId: number) => void>;
}

/** The messages: sticks to the newest one until the reader scrolls up, then counts what is new. */
export function Log({ chat, me, people, actions, jump }: LogProps) {
  const { messages } = chat;
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const lastTop = useRef(0);
  const [stuck, setStuck] = useState(true);
  const [seen, setSeen] = useState(0);
  const [oldest, setOldest] = useState<number>();
  const [target, setTarget] = useState<number>();

  const newest = messages.at(-1);
  const start = blockStart(messages, oldest ?? messages.at(-CHUNK)?.message_id ?? 0);
  const drawn = useRef<readonly Block[]>([]);
  drawn.current = useMemo(() => toBlocks(messages, start, drawn.current), [messages, start]);
  const roles = useMemo(() => new Map(people.map((p) => [p.id, p.roles[0]])), [people]);

  jump.current = (messageId) => {
    const first = messages[start]?.message_id ?? messageId;
    if (messageId < first) setOldest(messageId);
    setTarget(messageId);
  };

  // Whoever writes wants to see what was written, wherever the view stands.
  useLayoutEffect(() => {
    if (stuck || newest?.from.id === me.id) follow();
  }, [newest?.message_id]);

  useLayoutEffect(() => {
    if (target === undefined) return;
    flash(target);
    setTarget(undefined);
  }, [target]);

  // Photos load, cards grow, the window shrinks: whoever was at the bottom stays there.
  useLayoutEffect(() => {
    if (!stuck || scroller.current === null || content.current === null) return;
    const observer = new ResizeObserver(() => toBottom(scroller.current));
    observer.observe(scroller.current);
    observer.observe(content.current);
    return () => observer.disconnect();
  }, [stuck]);

  function follow() {
    toBottom(scroller.current);
    setStuck(true);
    setSeen(newest?.message_id ?? 0);
    setOldest(undefined);
  }

  function onScroll() {
    const box = scroller.current;
    if (box === null) return;
    const atBottom = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
    // Away from the bottom without a move upwards is content that grew: no reader asked for that.
    const stays = atBottom || (stuck && box.scrollTop >= lastTop.current);
    lastTop.current = box.scrollTop;
    setStuck(stays);
    if (stays) setSeen(newest?.message_id ?? 0);
    else if (box.scrollTop < AHEAD && start > 0) showOlder(box);
    else if (oldest === undefined) setOldest(messages[start]?.message_id);
  }

  function showOlder(box: HTMLElement) {
    // At the very top browsers do not hold the place of what is read.
    if (box.scrollTop < 1) box.scrollTop = 1;
    setOldest(messages[Math.max(0, start - CHUNK)]?.message_id);
  }

  const unread = messages.length - positionOf(messages, seen + 1);
  return (
    <div class="log">
      <section
        class="log-scroller"
        ref={scroller}
        onScroll={onScroll}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label="Messages"
      >
        <div
          class="log-content"
          ref={content}
          role="log"
          aria-live="polite"
          aria-relevant="additions"
          aria-busy={!chat.loaded}
        >
          {chat.loaded && messages.length === 0 && <Hint me={me} actions={actions} />}
          {drawn.current.map((block) => (
            <BlockView key={block.key} block={block} me={me} roles={roles} actions={actions} />
          ))}
        </div>
      </section>
      {!stuck && (
        <button type="button" class="pill" onClick={follow}>
          <Icon name="down" />
          {unread > 0 ? `${unread} new ${unread === 1 ? 'message' : 'messages'}` : 'To the newest'}
        </button>
      )}
    </div>
  );
}

function toBottom(box: HTMLElement | null): void {
  if (box !== null) box.scrollTop = box.scrollHeight;
}

function flash(messageId: number): void {
  const row = document.getElementById(`message-${messageId}`);
  if (row === null) return;
  row.scrollIntoView({ block: 'center' });
  row.classList.add('flash');
  row.addEventListener('animationend', () => row.classList.remove('flash'), { once: true });
}
