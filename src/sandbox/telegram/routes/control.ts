import { Hono } from 'hono';
import type { Calls } from '../calls.ts';

/** For tests: a record of what the bot called. Mounted at `/_control`. */
export function controlRoutes(calls: Calls): Hono {
  const app = new Hono();
  app.get('/calls', (c) => c.json({ ok: true, calls: calls.after(Number(c.req.query('after') ?? 0)) }));
  return app;
}
