import { setTimeout as sleep } from 'node:timers/promises';

interface Message {
  readonly message_id: number;
  readonly text?: string;
  readonly caption?: string;
  readonly reply_markup?: {
    readonly inline_keyboard?: readonly (readonly { readonly text: string }[])[];
  };
}

/** A button as it stands in the chat. */
export interface Found {
  readonly message: number;
  readonly text: string;
}

/** What people do in the local chat. */
export interface Chat {
  send(person: number, text: string): Promise<void>;
  /** Waits for a button that begins with this label on a message newer than all that were there at the last `turn`. */
  button(label: string): Promise<Found>;
  /** Waits for such words in a message newer than at the last `turn`. */
  words(pattern: RegExp): Promise<void>;
  /** Resolves when the tap was answered. */
  press(person: number, button: Found): Promise<void>;
  /** What is there by now counts as old. */
  turn(): Promise<void>;
}

const PATIENCE_MS = 30_000;
const LOOK_MS = 20;

export function openChat(url: string, chat: number): Chat {
  let old = 0;

  async function post(path: string, body: object): Promise<void> {
    const reply = await fetch(`${url}/_user/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ chat_id: chat, ...body }),
    });
    if (!reply.ok) throw new Error(`The local chat refused ${path}: ${await reply.text()}`);
    await reply.arrayBuffer();
  }

  async function messages(): Promise<readonly Message[]> {
    const reply = await fetch(`${url}/_user/messages?chat_id=${chat}&after=${old}`);
    return ((await reply.json()) as { messages: Message[] }).messages;
  }

  const textOf = (message: Message) => message.text ?? message.caption ?? '';

  async function until<T>(what: string, look: (all: readonly Message[]) => T | undefined): Promise<T> {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const all = await messages();
      const found = look(all);
      if (found !== undefined) return found;
      if (performance.now() > end) {
        const texts = all.map(textOf).join('\n');
        throw new Error(`No ${what} came within ${PATIENCE_MS / 1_000} s. The chat:\n${texts}`);
      }
      await sleep(LOOK_MS);
    }
  }

  function button(label: string): Promise<Found> {
    return until(`button "${label}"`, (all) => {
      for (const message of all) {
        const found = message.reply_markup?.inline_keyboard?.flat().find((b) => b.text.startsWith(label));
        if (found) return { message: message.message_id, text: found.text };
      }
      return undefined;
    });
  }

  return {
    button,
    async words(pattern) {
      await until(`words ${pattern}`, (all) => all.find((message) => pattern.test(textOf(message))));
    },
    send: (person, text) => post('send', { user_id: person, text }),
    press: (person, { message, text }) =>
      post('press', { user_id: person, message_id: message, button: text }),
    async turn() {
      old = Math.max(old, ...(await messages()).map((message) => message.message_id));
    },
  };
}
