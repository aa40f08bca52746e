import { Avatar, hueOf } from './Avatar.tsx';
import type { Actions } from './actions.ts';
import { Icon } from './icons.tsx';
import { Keyboard } from './Keyboard.tsx';
import { FileRow, Picture } from './Media.tsx';
import { memo } from './memo.ts';
import { Rich } from './Rich.tsx';
import { RichText } from './RichText.tsx';
import { summaryOf } from './summary.ts';
import { stampOf, timeBeside, timeOf } from './time.ts';
import type { Message } from './wire.ts';

interface BubbleProps {
  readonly message: Message;
  readonly day: string | undefined;
  readonly first: boolean;
  readonly last: boolean;
  readonly mine: boolean;
  /** "approver" beside the name; nothing for the bot and for bystanders. */
  readonly role: string | undefined;
  readonly actions: Actions;
}

/** One message. Drawn again only when itself, its place in its group or the person at the keyboard changes. */
export const Bubble = memo(function Bubble(props: BubbleProps) {
  const { message, day } = props;
  return (
    <>
      {day !== undefined && (
        <div class="day">
          <span>{day}</span>
        </div>
      )}
      {message.pinned_message === undefined ? <Spoken {...props} /> : <Pinned {...props} />}
    </>
  );
});

function Spoken({ message, first, last, mine, role, actions }: BubbleProps) {
  const { from, photo, document: file, reply_to_message: quoted, reply_markup: markup } = message;
  const { receiver_user: receiver } = message;
  const text = message.text ?? message.caption;
  const rich = message.rich_message;
  const shape = ['row', mine && 'row-mine', first && 'row-first', last && 'row-last'];
  return (
    <article
      id={`message-${message.message_id}`}
      class={shape.filter(Boolean).join(' ')}
      aria-label={`${mine ? 'You' : from.first_name}, ${timeOf(message.date)}`}
    >
      {!mine && last && <Avatar id={from.id} name={from.first_name} bot={from.is_bot} />}
      <div class="bubble-box">
        <div class={`bubble${photo === undefined ? '' : ' bubble-photo'}`}>
          {first && !mine && (
            <div class="sender" data-hue={from.is_bot ? 'bot' : hueOf(from.id)}>
              {from.first_name}
              {(from.is_bot || role !== undefined) && <span class="badge">{from.is_bot ? 'bot' : role}</span>}
            </div>
          )}
          {receiver !== undefined && (
            <p class="whisper">{mine ? `Only ${receiver.first_name} sees this` : 'Only you see this'}</p>
          )}
          {quoted !== undefined && (
            <Quote message={quoted} onJump={() => actions.jumpTo(quoted.message_id)} />
          )}
          {photo !== undefined && <Picture sizes={photo} caption={text ?? ''} actions={actions} />}
          {file !== undefined && <FileRow file={file} />}
          {text !== undefined && (
            <div class="text">
              <RichText
                text={text}
                entities={message.text === undefined ? message.caption_entities : message.entities}
                actions={actions}
              />
              <Stamp message={message} />
            </div>
          )}
          {rich !== undefined && (
            <div class="text rich" dir={rich.is_rtl === true ? 'rtl' : undefined}>
              <Rich blocks={rich.blocks} message={message} actions={actions} />
              <Stamp message={message} />
            </div>
          )}
          {text === undefined && rich === undefined && <Stamp message={message} />}
        </div>
        {message.reactions !== undefined && (
          <ul class="reactions" aria-label="Reactions">
            {message.reactions.map(({ user, emoji }) => (
              <li key={user.id} title={user.first_name}>
                {emoji}
              </li>
            ))}
          </ul>
        )}
        {markup?.inline_keyboard !== undefined && (
          <Keyboard message={message} rows={markup.inline_keyboard} actions={actions} />
        )}
      </div>
      <button
        type="button"
        class="reply-button"
        aria-label={`Reply to ${mine ? 'yourself' : from.first_name}`}
        title="Reply"
        onClick={() => actions.reply(message)}
      >
        <Icon name="reply" />
      </button>
    </article>
  );
}

function Pinned({ message, actions }: BubbleProps) {
  const pinned = message.pinned_message;
  if (pinned === undefined) return null;
  return (
    <div class="day" id={`message-${message.message_id}`}>
      <button type="button" onClick={() => actions.jumpTo(pinned.message_id)}>
        <Icon name="pin" />
        {message.from.first_name} pinned “{summaryOf(pinned, 40)}”
      </button>
    </div>
  );
}

function Quote({ message, onJump }: { message: Message; onJump: () => void }) {
  return (
    <button
      type="button"
      class="quote"
      data-hue={message.from.is_bot ? 'bot' : hueOf(message.from.id)}
      onClick={onJump}
    >
      <span class="quote-name">{message.from.first_name}</span>
      <span class="quote-text">{summaryOf(message, 120)}</span>
    </button>
  );
}

/** When it was said what one reads: a card that is kept up to date bears the time of its last change. */
function Stamp({ message }: { message: Message }) {
  const { date, edit_date: edited } = message;
  const title = edited === undefined ? stampOf(date) : `${stampOf(date)}, edited ${stampOf(edited)}`;
  return (
    <span class="stamp" title={title}>
      {edited !== undefined && 'edited '}
      <time dateTime={new Date((edited ?? date) * 1000).toISOString()}>
        {edited === undefined ? timeOf(date) : timeBeside(edited, date)}
      </time>
    </span>
  );
}
