import { Hono } from 'hono';
import type { Calls } from '../calls.ts';
import type { Faults } from '../faults.ts';
import { Refusal } from '../room.ts';
import { jsonBody, refuse } from './guard.ts';

/** For tests: scripted failures, and a record of what the bot called. Mounted at `/_control`. */
export function controlRoutes(faults: Faults, calls: Calls): Hono {
  const app = new Hono();

  app.post('/fail', async (c) => {
    faults.script(await jsonBody(c));
    return c.json({ ok: true });
  });

  app.get('/calls', (c) => c.json({ ok: true, calls: calls.after(Number(c.req.query('after') ?? 0)) }));

  app.onError((error, c) => {
    if (error instanceof Refusal) return refuse(c, 400, error.message);
    throw error;
  });
  return app;
}
