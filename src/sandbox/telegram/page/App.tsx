import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Actions } from './actions.ts';
import {
  type Attachment,
  loadCommands,
  loadSandbox,
  pressButton,
  Refused,
  sendFile,
  sendText,
  setSpeed,
} from './api.ts';
import { Composer } from './Composer.tsx';
import { chatOf } from './chat.ts';
import { askedOf } from './forceReply.ts';
import { Header } from './Header.tsx';
import { Log } from './Log.tsx';
import { recall, remember } from './memory.ts';
import { Alert, type Notice, PhotoView, Toast } from './Overlays.tsx';
import { Panel } from './Panel.tsx';
import { People } from './People.tsx';
import { Places } from './Places.tsx';
import { useTheme } from './theme.ts';
import { useChat } from './useChat.ts';
import { usePanel } from './usePanel.ts';
import { useWorld } from './useWorld.ts';
import type { ClockReading, Message, Person, Sandbox } from './wire.ts';

interface AppProps {
  readonly initial: Sandbox;
  readonly first: Person;
}

/** The page: who one is, what one is about to answer, and everything that lies over the chat. */
export function App({ initial, first }: AppProps) {
  const [sandbox, setSandbox] = useState(initial);
  const [meId, setMeId] = useState(() => Number(recall(sessionStorage, 'person') ?? first.id));
  const [replies, setReplies] = useState<Readonly<Record<number, Message | undefined>>>({});
  const [laidAside, setLaidAside] = useState<ReadonlySet<number>>(new Set());
  const [notice, setNotice] = useState<Notice>();
  const [alert, setAlert] = useState<string>();
  const [photo, setPhoto] = useState<{ url: string; title: string }>();
  const [theme, toggleTheme] = useTheme();
  const input = useRef<HTMLTextAreaElement | null>(null);
  const jump = useRef<(messageId: number) => void>(() => {});

  const { chatId, people } = sandbox;
  const me = people.find((p) => p.id === meId) ?? first;
  const complain = useCallback((error: unknown) => setNotice({ text: sentence(error), tone: 'error' }), []);
  const forget = useCallback(() => setNotice(undefined), []);
  const setClock = useCallback(
    (clock: ClockReading) => setSandbox((known) => ({ ...known, clock: later(known.clock, clock) })),
    [],
  );
  // A restarted sandbox has wound its clock anew.
  const refresh = useCallback(
    () =>
      void loadSandbox().then(
        (found) => setSandbox((known) => ({ ...found, clock: later(known.clock, found.clock) })),
        complain,
      ),
    [complain],
  );
  const world = useWorld(sandbox.panel === true);
  const panel = usePanel(world?.play !== undefined);
  const commands = useCallback(
    () =>
      loadCommands(chatId, me.id).catch((error) => {
        complain(error);
        return [];
      }),
    [chatId, me.id, complain],
  );
  const { chat: all, link, typing } = useChat(chatId, refresh, setClock, complain);
  const chat = useMemo(() => chatOf(me, all), [me, all]);

  const asked = useMemo(() => askedOf(chat.messages, me), [chat.messages, me]);
  const openQuestion = asked !== undefined && !laidAside.has(asked.message_id) ? asked : undefined;
  const replyTo = replies[me.id] ?? openQuestion;

  const setReply = useCallback(
    (message: Message | undefined) => setReplies((all) => ({ ...all, [me.id]: message })),
    [me.id],
  );

  const send = useCallback(
    async (text: string, attachment?: Attachment, answered?: number) => {
      try {
        if (attachment === undefined) await sendText(chatId, me.id, text, answered);
        else await sendFile(chatId, me.id, attachment, text, answered);
        return true;
      } catch (error) {
        complain(error);
        return false;
      }
    },
    [chatId, me.id, complain],
  );

  const actions = useMemo<Actions>(
    () => ({
      async press(message, button) {
        try {
          const press = await pressButton(
            chatId,
            me.id,
            message.message_id,
            button.callback_data ?? button.text,
          );
          if (!press.answered) setNotice({ text: 'The bot has not answered this tap.', tone: 'error' });
          else if (press.text === undefined || press.text === '') return;
          else if (press.show_alert === true) setAlert(press.text);
          else setNotice({ text: press.text, tone: 'plain' });
        } catch (error) {
          complain(error);
        }
      },
      async send(text) {
        await send(text);
      },
      reply(message) {
        setReply(message);
        input.current?.focus();
      },
      async copy(text) {
        try {
          await navigator.clipboard.writeText(text);
          setNotice({ text: 'Copied', tone: 'plain' });
        } catch {
          setNotice({ text: `The browser does not allow copying here. The text is: ${text}`, tone: 'error' });
        }
      },
      showPhoto: (url, title) => setPhoto({ url, title }),
      jumpTo: (messageId) => jump.current?.(messageId),
    }),
    [chatId, me.id, complain, send, setReply],
  );

  function changeSpeed(speed: number) {
    setSpeed(speed).catch(complain);
  }

  function leaveReply() {
    setReply(undefined);
    if (openQuestion !== undefined) setLaidAside((all) => new Set(all).add(openQuestion.message_id));
    input.current?.focus();
  }

  function switchTo(person: Person, byPointer: boolean) {
    setMeId(person.id);
    remember(sessionStorage, 'person', String(person.id));
    if (byPointer) input.current?.focus();
  }

  useEffect(() => typeAnywhere(input.current), []);
  useEffect(() => {
    document.title = `${sandbox.chatTitle} · Sluice sandbox`;
  }, [sandbox.chatTitle]);

  return (
    <div class="page">
      <Header
        sandbox={sandbox}
        link={link}
        typing={typing}
        theme={theme}
        onTheme={toggleTheme}
        onSpeed={changeSpeed}
        panel={world === undefined ? undefined : panel}
      />
      <aside class="rail">
        <People people={people} me={me} onSwitch={switchTo} />
        <Places sandbox={sandbox} />
      </aside>
      <main class="chat">
        <Log chat={chat} me={me} people={people} actions={actions} jump={jump} />
        <div class="foot">
          <Toast notice={notice} onGone={forget} />
          <Composer
            me={me}
            input={input}
            replyTo={replyTo}
            onLeaveReply={leaveReply}
            loadCommands={commands}
            onSend={async (text, attachment) => {
              const sent = await send(text, attachment, replyTo?.message_id);
              if (sent) setReply(undefined);
              return sent;
            }}
          />
        </div>
      </main>
      {world !== undefined && panel.open && (
        <Panel
          world={world}
          clock={sandbox.clock}
          onSpeed={changeSpeed}
          onClose={panel.toggle}
          onFailed={complain}
        />
      )}
      {alert !== undefined && (
        <Alert from={sandbox.bot.firstName} text={alert} onClose={() => setAlert(undefined)} />
      )}
      {photo !== undefined && <PhotoView {...photo} onClose={() => setPhoto(undefined)} />}
    </div>
  );
}

/** What was asked for may be answered after what came by itself: the reading that was taken last counts. */
function later(known: ClockReading, heard: ClockReading): ClockReading {
  return heard.origin >= known.origin ? heard : known;
}

function sentence(error: unknown): string {
  if (error instanceof Refused) return error.message;
  return `The page stumbled: ${error instanceof Error ? error.message : String(error)}`;
}

/** Keys typed while nothing has the focus go into the text box. */
function typeAnywhere(input: HTMLTextAreaElement | null): () => void {
  function onKeyDown(event: KeyboardEvent) {
    if (event.target !== document.body || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.length === 1 && event.key !== ' ') input?.focus();
  }
  input?.focus({ preventScroll: true });
  document.addEventListener('keydown', onKeyDown);
  return () => document.removeEventListener('keydown', onKeyDown);
}
