import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import * as v from 'valibot';
import { jsonBody, Refusal, refuse } from '../door.ts';
import { read } from '../read.ts';
import { listScenarios, SCENARIOS } from '../scenarios/catalogue.ts';
import type { Player } from '../scenarios/player.ts';
import { type Controls, WrongOrder } from './controls.ts';
import type { PanelState } from './state.ts';

/** Real milliseconds between two looks at the world while somebody watches it. */
const LOOK_MS = 1_000;

const atMost = (least: number, most: number) =>
  v.pipe(
    v.number(),
    v.minValue(least, `must be ${least} or more`),
    v.maxValue(most, `must be ${most} or less`),
  );
const share = atMost(0, 1);
const id = v.pipe(v.string(), v.nonEmpty());

const Load = v.union([
  v.strictObject({ perSecond: atMost(0, 1_000) }),
  v.strictObject({ burst: v.strictObject({ times: atMost(1, 100), minutes: atMost(1, 1_440) }) }),
]);
const Trouble = v.strictObject({
  service: id,
  version: id,
  /** Changes what is named; null ends it. */
  change: v.strictObject({
    errors: v.exactOptional(v.nullable(share)),
    slow: v.exactOptional(v.nullable(v.strictObject({ ms: atMost(1, 60_000), share }))),
    coldStart: v.exactOptional(v.nullable(atMost(1, 60_000))),
    leak: v.exactOptional(v.nullable(atMost(0.1, 10_000))),
    crashEvery: v.exactOptional(v.nullable(atMost(1_000, 86_400_000))),
  }),
});
const Move = v.strictObject({ service: id, allocations: v.record(id, share) });
const Choice = v.strictObject({ name: v.picklist(SCENARIOS.map(({ name }) => name)) });

/** The control panel's side of the wire. To be mounted at `/_sandbox/panel`. */
export function panelRoutes(controls: Controls, player: Player): Hono {
  const app = new Hono();
  const state = (): PanelState => {
    const { play } = player;
    return { ...controls.world(), ...(play && { play }) };
  };

  app.get('/', (c) => c.json(state()));

  /** Each `data` is the state: at once, and whenever it has changed. */
  app.get('/live', (c) =>
    streamSSE(c, async (stream) => {
      const gone = new Promise<void>((resolve) => stream.onAbort(resolve));
      let last = '';
      const look = () => {
        const data = JSON.stringify(state());
        // A line that says nothing shows a dead connection.
        void (data === last ? stream.write(':\n\n') : stream.writeSSE({ event: 'panel', data }));
        last = data;
      };
      look();
      const timer = setInterval(look, LOOK_MS);
      await gone;
      clearInterval(timer);
    }),
  );

  app.post('/load', async (c) => {
    const order = read(Load, await jsonBody(c));
    if ('perSecond' in order) controls.setLoad(order.perSecond);
    else controls.burst(order.burst.times, order.burst.minutes);
    return c.json({ ok: true });
  });

  app.post('/trouble', async (c) => {
    const { service, version, change } = read(Trouble, await jsonBody(c));
    controls.changeTrouble(service, version, change);
    return c.json({ ok: true });
  });

  app.post('/move', async (c) => {
    const { service, allocations } = read(Move, await jsonBody(c));
    await controls.move(service, allocations);
    return c.json({ ok: true });
  });

  app.post('/kill-bot', (c) => {
    controls.killBot();
    return c.json({ ok: true });
  });

  app.get('/scenarios', (c) =>
    c.json({ ok: true, scenarios: SCENARIOS.map(({ name, title, line }) => ({ name, title, line })) }),
  );

  app.post('/scenario', async (c) => {
    const { name } = read(Choice, await jsonBody(c));
    const found = SCENARIOS.find((one) => one.name === name);
    if (!found) throw new Refusal(`There is no scenario ${name}. There are:\n${listScenarios()}`);
    player.begin(found);
    return c.json({ ok: true });
  });

  app.delete('/scenario', (c) => {
    player.stop();
    return c.json({ ok: true });
  });

  app.onError((error, c) => {
    if (error instanceof Refusal || error instanceof WrongOrder) return refuse(c, 400, error.message);
    throw error;
  });
  return app;
}
