import { expect, test } from 'vitest';
import { ApiError } from '../../src/sandbox/telegram/errors.ts';
import { Flood, REAL_FLOOD } from '../../src/sandbox/telegram/flood.ts';
import { ADA, GROUP } from './world.ts';

/** A budget by a clock that is turned by hand, and what comes of one more send. */
function budget() {
  let now = 0;
  const flood = new Flood(REAL_FLOOD, () => now);
  return {
    later: (ms: number) => {
      now += ms;
    },
    send(chat: number, isGroup: boolean): number | 'taken' {
      try {
        flood.spend(chat, isGroup);
        return 'taken';
      } catch (error) {
        if (error instanceof ApiError && error.retryAfter !== undefined) return error.retryAfter;
        throw error;
      }
    },
  };
}

test('a chat takes one a second, and a group twenty a minute; what was refused counts for nothing', () => {
  const { send, later } = budget();
  expect([send(GROUP, true), send(GROUP, true), send(ADA, false)]).toEqual(['taken', 1, 'taken']);
  for (let count = 1; count < 20; count++) {
    later(1_000);
    expect(send(GROUP, true)).toBe('taken');
  }
  later(1_000);
  expect(send(GROUP, true)).toBe(40);
  later(39_999);
  expect(send(GROUP, true)).toBe(1);
  later(1);
  expect(send(GROUP, true)).toBe('taken');
});

test('a person takes more than twenty a minute, all chats together thirty a second', () => {
  const { send, later } = budget();
  for (let count = 0; count < 40; count++) {
    expect(send(ADA, false)).toBe('taken');
    later(1_000);
  }
  const answers = Array.from({ length: 31 }, (_, chat) => send(1_000 + chat, false));
  expect(answers.filter((answer) => answer === 'taken')).toHaveLength(30);
  expect(answers.at(-1)).toBe(1);
});
