import { Hono } from 'hono';
import * as v from 'valibot';
import { jsonBody, Refusal, refuse } from '../../door.ts';
import { read } from '../../read.ts';
import type { Calls } from '../calls.ts';
import type { Happenings } from '../happenings.ts';
import type { UpdateContent } from '../model.ts';

const id = v.pipe(v.number(), v.integer());
const Migration = v.strictObject({ to: v.pipe(id, v.maxValue(-1)) });
const Topic = v.strictObject({ thread: id, is: v.picklist(['open', 'closed', 'deleted']) });
const Membership = v.strictObject({
  status: v.picklist(['administrator', 'member', 'restricted', 'left', 'kicked']),
});
const Standing = v.strictObject({
  user_id: id,
  is: v.picklist(['there', 'left', 'blocked', 'deactivated']),
});
const Updates = v.array(v.record(v.string(), v.looseObject({})));

/** For tests: what befalls the group, and a record of what the bot called. Mounted at `/_control`. */
export function controlRoutes(calls: Calls, happenings: Happenings): Hono {
  const app = new Hono();

  app.get('/calls', (c) => c.json({ ok: true, calls: calls.after(Number(c.req.query('after') ?? 0)) }));

  app.post('/migrate', async (c) => {
    happenings.migrate(read(Migration, await jsonBody(c)).to);
    return c.json({ ok: true });
  });

  app.post('/topic', async (c) => {
    const { thread, is } = read(Topic, await jsonBody(c));
    happenings.setTopic(thread, is);
    return c.json({ ok: true });
  });

  app.post('/membership', async (c) => {
    happenings.setMembership(read(Membership, await jsonBody(c)).status);
    return c.json({ ok: true });
  });

  app.post('/person', async (c) => {
    const { user_id: userId, is } = read(Standing, await jsonBody(c));
    happenings.setStanding(userId, is);
    return c.json({ ok: true });
  });

  app.post('/updates', async (c) => {
    happenings.deliver(read(Updates, await jsonBody(c)) as UpdateContent[]);
    return c.json({ ok: true });
  });

  app.onError((error, c) => {
    if (error instanceof Refusal) return refuse(c, 400, error.message);
    throw error;
  });
  return app;
}
