import { once } from 'node:events';
import { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import type { Clock } from '../plan/clock.ts';
import type { Rollout } from '../rollout/state.ts';
import { createMetrics } from './metrics.ts';
import { healthOf } from './report.ts';
import type { Vitals } from './vitals.ts';

/** Where a supervisor and Prometheus ask. Nothing there needs a token, and nothing there is secret. */
export interface HealthDoor {
  readonly host: string;
  readonly port: number;
}

export interface HealthServer {
  readonly url: string;
  close(): Promise<void>;
}

export interface HealthPorts {
  readonly vitals: Vitals;
  readonly rollouts: () => readonly Rollout[];
  /** The vitals' clock. */
  readonly clock: Clock;
  readonly failed: (what: string, error: unknown) => void;
}

/**
 * Answers /healthz with 200, or 503 when this process does not do its work, and /metrics for Prometheus.
 * @throws Error with a sentence when the port cannot be had.
 */
export async function openHealth(ports: HealthPorts, { host, port }: HealthDoor): Promise<HealthServer> {
  const { vitals, rollouts, clock, failed } = ports;
  const metrics = createMetrics(vitals, rollouts);
  const app = new Hono();
  app.get('/healthz', (c) => {
    c.header('cache-control', 'no-store');
    const health = healthOf(vitals, rollouts(), clock.now());
    return c.json(health, health.ok ? 200 : 503);
  });
  app.get('/metrics', async (c) =>
    c.body(await metrics.text(), 200, { 'content-type': metrics.contentType }),
  );
  app.notFound((c) =>
    c.json({ problem: `There is nothing at ${c.req.path}: ask /healthz or /metrics.` }, 404),
  );
  app.onError((error, c) => {
    failed('a question about health', error);
    return c.json({ problem: 'The bot failed at this; its log says why.' }, 500);
  });

  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false });
  if (!(server instanceof Server)) throw new Error('Expected an HTTP/1 server from @hono/node-server.');
  try {
    await once(server.listen({ host, port }), 'listening');
  } catch (error) {
    metrics.stop();
    throw error;
  }
  server.on('error', (error) => failed('the door for health', error));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a server with a port.');
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${name}:${address.port}`,
    async close() {
      metrics.stop();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
