import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { SandboxClock } from './clock.ts';
import { jsonBody, Refusal, refuse } from './door.ts';

/** A trading week passes in under three minutes; a tick of the bot's, each second, still looks at every hour. */
const FASTEST = 3_600;
/** Milliseconds of the sandbox's clock that are jumped over at once: a quarter of a year, the longest after-care. */
const FARTHEST = 92 * 86_400_000;
/** Real milliseconds between two signs of life, so that a dead connection is noticed. */
const HEARTBEAT = 15_000;

/** The sandbox's clock: to be followed by other processes, and to be set to another speed. Mounted at `/_sandbox`. */
export function clockRoutes(clock: SandboxClock): Hono {
  const app = new Hono();

  app.post('/speed', async (c) => {
    const body = await jsonBody(c);
    const speed = typeof body === 'object' && body !== null && 'speed' in body ? body.speed : undefined;
    if (typeof speed !== 'number' || !(speed >= 1 && speed <= FASTEST)) {
      throw new Refusal(
        `Expected speed, a number from 1 (as fast as life) to ${FASTEST}, got ${JSON.stringify(speed) ?? 'none'}.`,
      );
    }
    clock.setSpeed(speed);
    return c.json({ ok: true, clock: clock.reading });
  });

  /** The clock stands still until it is given a speed. */
  app.post('/pause', (c) => {
    clock.pause();
    return c.json({ ok: true, clock: clock.reading });
  });

  /** The clock reads `ms` milliseconds more at once; nothing happens in between. */
  app.post('/jump', async (c) => {
    const body = await jsonBody(c);
    const ms = typeof body === 'object' && body !== null && 'ms' in body ? body.ms : undefined;
    if (typeof ms !== 'number' || !(ms >= 1 && ms <= FARTHEST)) {
      throw new Refusal(
        `Expected ms, milliseconds from 1 to ${FARTHEST} to jump ahead, got ${JSON.stringify(ms) ?? 'none'}.`,
      );
    }
    clock.jump(ms);
    return c.json({ ok: true, clock: clock.reading });
  });

  /** Each `data` is a reading: the present one at once, then one at each change of the speed and each jump. */
  app.get('/clock', (c) =>
    streamSSE(c, async (stream) => {
      const gone = new Promise<void>((resolve) => stream.onAbort(resolve));
      const tell = (reading: object) =>
        void stream.writeSSE({ event: 'clock', data: JSON.stringify(reading) });
      const unlisten = clock.onChange(tell);
      const heart = setInterval(() => void stream.write(': still here\n\n'), HEARTBEAT);
      tell(clock.reading);
      await gone;
      clearInterval(heart);
      unlisten();
    }),
  );

  app.onError((error, c) => {
    if (error instanceof Refusal) return refuse(c, 400, error.message);
    throw error;
  });
  return app;
}
