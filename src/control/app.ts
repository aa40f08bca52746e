import { createHash, timingSafeEqual } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { stream } from 'hono/streaming';
import type { Clock } from '../plan/clock.ts';
import type { Who } from '../rollout/draft.ts';
import type { Feed } from './feed.ts';
import { follow } from './follow.ts';
import { ORDER_BYTES, type Order, parseOrder, ROLLOUTS } from './protocol.ts';
import { pipeline, type ReleasePorts, release } from './release.ts';

export interface ControlPorts extends ReleasePorts {
  readonly feed: Feed;
  readonly clock: Clock;
  /** Something that whoever reads the log should know. */
  readonly note: (details: object, message: string) => void;
  /** Puts an attempt that no journal has on record. */
  readonly refused: (by: Who, attempt: string) => void;
  readonly failed: (what: string, error: unknown) => void;
}

/**
 * What pipelines may ask of the bot: to begin a release, and how one goes.
 * @param token what a caller must know; absent where the way in is guarded otherwise.
 */
export function controlApp(ports: ControlPorts, token?: string): Hono {
  const app = new Hono();
  if (token !== undefined) {
    const right = createTokenCheck(token);
    app.use(async (c, next) => {
      if (right(c.req.header('authorization'))) return next();
      ports.note({ path: c.req.path }, 'refused: a pipeline without the right SLUICE_CONTROL_TOKEN');
      ports.refused(pipeline('unknown'), `${c.req.method} ${c.req.path} without the right token`);
      return c.json(
        { refused: 'The token is wrong: SLUICE_CONTROL_TOKEN must be the same here as where the bot runs.' },
        401,
      );
    });
  }

  app.post(ROLLOUTS, bodyLimit({ maxSize: ORDER_BYTES, onError: tooLong }), async (c) => {
    let order: Order;
    try {
      order = parseOrder(await c.req.json());
    } catch (error) {
      return c.json({ refused: (error as Error).message }, 400);
    }
    const answer = await release(order, ports);
    if ('refused' in answer) {
      ports.note({ as: order.as, why: answer.refused }, 'refused: a release from a pipeline');
      ports.refused(pipeline(order.as), `release: ${answer.refused}`);
      return c.json(answer, 409);
    }
    return c.json(answer, answer.attached ? 200 : 201);
  });

  app.get(`${ROLLOUTS}/:id{[a-z0-9]+}/progress`, async (c) => {
    const id = c.req.param('id');
    const after = Number(c.req.query('after') ?? 0);
    if (!Number.isSafeInteger(after) || after < 0)
      return c.json({ refused: `'after' should be a revision from 0 on.` }, 400);
    if (!(await ports.store.read(id))?.length)
      return c.json({ refused: `No rollout ${id} is known here.` }, 404);
    c.header('content-type', 'application/x-ndjson; charset=utf-8');
    c.header('cache-control', 'no-store');
    // nginx would keep the lines until there are many.
    c.header('x-accel-buffering', 'no');
    return stream(
      c,
      async (out) => {
        const gone = new AbortController();
        out.onAbort(() => gone.abort());
        // At once, so that whoever comes back knows that somebody is there.
        await out.write('\n');
        for await (const line of follow(id, after, ports, gone.signal))
          await out.write(line ? `${JSON.stringify(line)}\n` : '\n');
      },
      async (error) => ports.failed(`the progress of rollout ${id}`, error),
    );
  });

  app.notFound((c) => c.json({ refused: `Sluice has nothing at ${c.req.method} ${c.req.path}.` }, 404));
  app.onError((error, c) => {
    ports.failed('a request of a pipeline', error);
    return c.json({ refused: 'The bot failed at this; its log says why.' }, 500);
  });
  return app;
}

function tooLong(c: Context): Response {
  return c.json({ refused: `An order should have at most ${ORDER_BYTES} bytes.` }, 413);
}

/** Digests are of one length and are compared in a time that tells nothing. */
function createTokenCheck(token: string): (header: string | undefined) => boolean {
  const right = digest(`Bearer ${token}`);
  return (header) => timingSafeEqual(digest(header ?? ''), right);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
