import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChatEvent, emptyChat, evolveChat, positionOf } from '../../src/sandbox/telegram/page/chat.ts';
import { completions } from '../../src/sandbox/telegram/page/completion.ts';
import { askedOf } from '../../src/sandbox/telegram/page/forceReply.ts';
import { toRows } from '../../src/sandbox/telegram/page/grouping.ts';
import { summaryOf } from '../../src/sandbox/telegram/page/summary.ts';
import { sandboxNow, untilNextTick } from '../../src/sandbox/telegram/page/time.ts';
import type { Message, Person, User } from '../../src/sandbox/telegram/page/wire.ts';

const ada: Person = { id: 11, firstName: 'Ada', username: 'ada', roles: ['operator'] };
const grace: Person = { id: 12, firstName: 'Grace', username: 'grace', roles: ['approver'] };
const bot: User = { id: 1, is_bot: true, first_name: 'Sluice' };
const noon = Date.UTC(2026, 7, 6, 12) / 1000;

function by(person: Person): User {
  return { id: person.id, is_bot: false, first_name: person.firstName, username: person.username };
}

function message(id: number, more: Partial<Message> = {}): Message {
  return { message_id: id, from: bot, date: noon, text: `text ${id}`, ...more };
}

describe('the chat as events came in', () => {
  it('shows each message once, in order, with the last content, whatever the order of arrival', () => {
    const event = fc.oneof(
      fc.record({
        type: fc.constant('message' as const),
        message: fc.tuple(fc.nat(9), fc.string()).map(([id, text]) => message(id, { text })),
      }),
      fc.record({ type: fc.constant('delete' as const), messageId: fc.nat(9) }),
    );
    fc.assert(
      fc.property(fc.array<ChatEvent>(event), (events) => {
        const expected = new Map<number, Message>();
        for (const e of events) {
          if (e.type === 'message') expected.set(e.message.message_id, e.message);
          if (e.type === 'delete') expected.delete(e.messageId);
        }
        const { messages } = events.reduce(evolveChat, emptyChat);
        expect(messages).toEqual([...expected.values()].sort((a, b) => a.message_id - b.message_id));
      }),
    );
  });

  it('keeps the objects of unchanged messages when the history is read again', () => {
    const first = evolveChat(emptyChat, { type: 'history', messages: [message(1), message(2)] });
    const again = evolveChat(first, {
      type: 'history',
      messages: [message(1), message(2, { text: 'edited' })],
    });
    expect(again.messages[0]).toBe(first.messages[0]);
    expect(again.messages[1]?.text).toBe('edited');
  });

  it('drops what was deleted while the connection was away', () => {
    const first = evolveChat(emptyChat, { type: 'history', messages: [message(1), message(2)] });
    expect(evolveChat(first, { type: 'history', messages: [message(2)] }).messages).toEqual([message(2)]);
  });

  it('finds the place of an id that is not there', () => {
    expect(positionOf([message(2), message(5)], 1)).toBe(0);
    expect(positionOf([message(2), message(5)], 3)).toBe(1);
    expect(positionOf([message(2), message(5)], 6)).toBe(2);
  });
});

describe('groups', () => {
  it('run over one sender until a pause, another sender or another day', () => {
    const rows = toRows([
      message(1),
      message(2, { date: noon + 60 }),
      message(3, { date: noon + 60, from: by(ada) }),
      message(4, { date: noon + 61 }),
      message(5, { date: noon + 61 + 601 }),
      message(6, { date: noon + 86_400 }),
    ]);
    expect(rows.map((r) => r.first)).toEqual([true, false, true, true, true, true]);
    expect(rows.map((r) => r.last)).toEqual([false, true, true, true, true, true]);
    expect(rows.map((r) => r.day !== undefined)).toEqual([true, false, false, false, false, true]);
  });
});

describe('a request for a reply', () => {
  const asking = { force_reply: true, selective: true } as const;

  it('addresses the author of the message it answers, and nobody else', () => {
    const command = message(1, { from: by(ada) });
    const question = message(2, { reply_to_message: command, reply_markup: asking });
    expect(askedOf([command, question], ada)).toBe(question);
    expect(askedOf([command, question], grace)).toBeUndefined();
  });

  it('addresses whoever is mentioned, also without a user name', () => {
    const named = message(1, {
      text: 'why, @grace?',
      entities: [{ type: 'mention', offset: 5, length: 6 }],
      reply_markup: asking,
    });
    const linked = message(1, {
      text: 'why, Ada?',
      entities: [{ type: 'text_mention', offset: 5, length: 3, user: by(ada) }],
      reply_markup: asking,
    });
    expect(askedOf([named], grace)).toBe(named);
    expect(askedOf([named], ada)).toBeUndefined();
    expect(askedOf([linked], ada)).toBe(linked);
  });

  it('is over once the person has written anything', () => {
    const question = message(1, { reply_markup: { force_reply: true } });
    expect(askedOf([question, message(2)], ada)).toBe(question);
    expect(askedOf([question, message(2, { from: by(ada) })], ada)).toBeUndefined();
    expect(askedOf([question, message(2, { from: by(ada) })], grace)).toBe(question);
  });
});

describe('small words', () => {
  const commands = ['deploy', 'status', 'rollback'].map((command) => ({ command, description: '' }));

  it('offers commands only while the text is one word after a slash', () => {
    expect(completions('/', commands)).toHaveLength(3);
    expect(completions('/RO', commands).map((c) => c.command)).toEqual(['rollback']);
    expect(completions('/deploy now', commands)).toEqual([]);
    expect(completions('see /dep', commands)).toEqual([]);
  });

  it('shortens by whole characters, not through the middle of an emoji', () => {
    expect(summaryOf(message(1, { text: '👀👀👀👀' }), 3)).toBe('👀👀…');
    expect(summaryOf(message(1, { text: 'two\nlines' }), 20)).toBe('two lines');
  });

  it('names a message without text by what it carries', () => {
    const { text: _, ...bare } = message(1);
    expect(summaryOf({ ...bare, document: { file_name: 'logs.txt' } }, 20)).toBe('logs.txt');
    expect(summaryOf({ ...bare, photo: [] }, 20)).toBe('Photo');
  });

  it('reads the sandbox clock from its reading, and ticks when the face changes', () => {
    const origin = Date.now() - 60_000;
    expect(sandboxNow({ origin, epoch: 0, speed: 30 })).toBeGreaterThanOrEqual(30 * 60_000);
    expect(untilNextTick(59_000, 1)).toBe(1000);
    expect(untilNextTick(30_000, 30)).toBe(1000);
  });
});
