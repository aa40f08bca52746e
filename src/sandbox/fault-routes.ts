import { Hono } from 'hono';
import { type Faults, type FaultyServer, WrongRule } from './faults.ts';

/** To be mounted at `/_sandbox`: `POST /faults` adds a rule, `GET` lists them, `DELETE /faults/:id` and `/faults` clear. */
export function faultRoutes(faults: Faults, server: FaultyServer): Hono {
  const app = new Hono();
  app.post('/faults', async (c) => {
    const body: unknown = await c.req.json().catch(() => undefined);
    try {
      return c.json({ ok: true, ...faults.add(body, server) });
    } catch (error) {
      if (!(error instanceof WrongRule)) throw error;
      return c.json({ ok: false, error_code: 400, description: error.message }, 400);
    }
  });
  app.get('/faults', (c) => c.json({ ok: true, faults: faults.list() }));
  app.delete('/faults', (c) => {
    faults.clearAll();
    return c.json({ ok: true });
  });
  app.delete('/faults/:id', (c) => {
    const id = c.req.param('id');
    if (faults.clear(Number(id))) return c.json({ ok: true });
    return c.json(
      { ok: false, error_code: 404, description: `There is no rule ${id}. GET /faults lists them.` },
      404,
    );
  });
  return app;
}
