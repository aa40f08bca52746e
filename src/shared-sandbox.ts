import { setTimeout as sleep } from 'node:timers/promises';
import { type ClockReading, type FollowingClock, followingClock } from './plan/clock.ts';
import type { Member } from './plan/schema.ts';

/** Real milliseconds after which a sandbox that went away is looked for again. */
const RETRY = 1_000;

/** The clock and the people of a sandbox that runs in another process. */
export interface SharedSandbox {
  readonly clock: ClockReading;
  readonly members: readonly Member[];
}

interface Info {
  readonly clock: ClockReading;
  readonly people: readonly { id: number; firstName: string; roles: Member['roles'] }[];
}

/** @throws Error with a sentence when nothing answers there. */
export async function askSandbox(url: string): Promise<SharedSandbox> {
  const address = placeIn(url, '');
  const reply = await fetch(address).catch((error: Error) => {
    throw new Error(
      `SLUICE_SANDBOX names ${url}, but no sandbox answers there (${error.message}). Start one: sluice sandbox.`,
    );
  });
  if (!reply.ok) throw new Error(`SLUICE_SANDBOX names ${url}, but ${address} answers ${reply.status}.`);
  const { clock, people } = (await reply.json()) as Info;
  return { clock, members: people.map(({ id, firstName, roles }) => ({ id, name: firstName, roles })) };
}

/**
 * A clock that goes as a sandbox's in another process does, through changes of its speed and through its restarts.
 * @param first what the sandbox said of its clock when it was asked.
 */
export function followSandbox(
  url: string,
  first: ClockReading,
): { readonly clock: FollowingClock; stop(): void } {
  const clock = followingClock(first);
  const stop = new AbortController();
  void follow(placeIn(url, '/clock'), clock, stop.signal);
  return { clock, stop: () => stop.abort() };
}

async function follow(address: string, clock: FollowingClock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const { ok, body } = await fetch(address, { signal });
      if (ok && body) await readings(body, (reading) => clock.follow(reading));
    } catch {
      // The sandbox is away, or the following has ended. Meanwhile the clock goes on at its last speed.
    }
    await sleep(RETRY, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** Reads the `data` lines of an event stream until it ends. */
async function readings(
  body: ReadableStream<Uint8Array>,
  tell: (reading: ClockReading) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('data: ')) tell(JSON.parse(line.slice('data: '.length)));
  }
}

function placeIn(url: string, path: string): string {
  return `${url.replace(/\/+$/, '')}/_sandbox${path}`;
}
