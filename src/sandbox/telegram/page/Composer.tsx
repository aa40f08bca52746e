import type { RefObject, TargetedKeyboardEvent } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { Attached, attachmentOf, Clip } from './Attached.tsx';
import type { Attachment } from './api.ts';
import { CommandList, optionId } from './CommandList.tsx';
import { completions } from './completion.ts';
import { Icon } from './icons.tsx';
import { summaryOf } from './summary.ts';
import type { Command, Message, Person } from './wire.ts';

interface ComposerProps {
  readonly me: Person;
  readonly input: RefObject<HTMLTextAreaElement | null>;
  readonly replyTo: Message | undefined;
  readonly onLeaveReply: () => void;
  readonly loadCommands: () => Promise<readonly Command[]>;
  /** Resolves to false when the text could not be sent; it then stays in the box. */
  readonly onSend: (text: string, attachment: Attachment | undefined) => Promise<boolean>;
}

/** Where one writes. Every person keeps an own draft, and an own file to go with it. */
export function Composer({ me, input, replyTo, onLeaveReply, loadCommands, onSend }: ComposerProps) {
  const [drafts, setDrafts] = useState<Readonly<Record<number, string>>>({});
  const [files, setFiles] = useState<Readonly<Record<number, Attachment | undefined>>>({});
  const [commands, setCommands] = useState<readonly Command[]>([]);
  const [chosen, setChosen] = useState(0);
  const [closed, setClosed] = useState(false);

  const draft = drafts[me.id] ?? '';
  const attachment = files[me.id];
  const offered = closed ? [] : completions(draft, commands);
  const current = offered[Math.min(chosen, offered.length - 1)];
  const asking = draft.startsWith('/');

  // The bot may have set its commands since: ask anew each time a slash is typed.
  useEffect(() => {
    if (asking) loadCommands().then(setCommands);
  }, [asking, loadCommands]);

  useLayoutEffect(() => {
    const box = input.current;
    if (box === null) return;
    box.style.height = 'auto';
    box.style.height = `${box.scrollHeight}px`;
  }, [draft, input]);

  function write(text: string) {
    setDrafts((all) => ({ ...all, [me.id]: text }));
    setChosen(0);
    setClosed(false);
  }

  function attach(file: Attachment | undefined) {
    setFiles((all) => ({ ...all, [me.id]: file }));
  }

  async function send(text: string) {
    if (text.trim() === '' && attachment === undefined) return;
    write('');
    attach(undefined);
    input.current?.focus();
    if (await onSend(text, attachment)) return;
    setDrafts((all) => ({ ...all, [me.id]: text }));
    attach(attachment);
  }

  function onKeyDown(event: TargetedKeyboardEvent<HTMLTextAreaElement>) {
    if (event.isComposing) return;
    if (event.key === 'Escape') {
      if (offered.length > 0) setClosed(true);
      else onLeaveReply();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      send(current === undefined ? draft : `/${current.command}`);
    } else if (current !== undefined && event.key === 'Tab' && !event.shiftKey) {
      write(`/${current.command} `);
    } else if (current !== undefined && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setChosen((offered.indexOf(current) + step + offered.length) % offered.length);
    } else {
      return;
    }
    event.preventDefault();
  }

  const placeholder = replyTo?.reply_markup?.input_field_placeholder ?? `Message as ${me.firstName}`;
  return (
    <div class="composer">
      <CommandList offered={offered} current={current} onChoose={(command) => send(`/${command.command}`)} />
      {replyTo !== undefined && <ReplyBar message={replyTo} onLeave={onLeaveReply} />}
      {attachment !== undefined && <Attached attachment={attachment} onChange={attach} />}
      <form
        class="composer-row"
        onSubmit={(event) => {
          event.preventDefault();
          send(draft);
        }}
      >
        <Clip input={input} onFile={(file) => attach(attachmentOf(file))} />
        <textarea
          ref={input}
          rows={1}
          value={draft}
          placeholder={placeholder}
          aria-label={`Message as ${me.firstName}`}
          aria-autocomplete="list"
          aria-controls="commands"
          aria-activedescendant={current === undefined ? undefined : optionId(current)}
          onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <button
          type="submit"
          class="send"
          aria-label="Send"
          disabled={draft.trim() === '' && attachment === undefined}
        >
          <Icon name="send" />
        </button>
      </form>
    </div>
  );
}

function ReplyBar({ message, onLeave }: { message: Message; onLeave: () => void }) {
  return (
    <div class="reply-bar">
      <Icon name="reply" />
      <span class="reply-bar-text">
        <b>Reply to {message.from.first_name}</b>
        <span>{summaryOf(message, 120)}</span>
      </span>
      <button type="button" class="quiet" aria-label="Do not reply to this message" onClick={onLeave}>
        <Icon name="close" />
      </button>
    </div>
  );
}
