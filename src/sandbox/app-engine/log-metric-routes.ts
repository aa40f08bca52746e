import { Hono } from 'hono';
import { isObject, type JsonObject } from './json.ts';
import type { LogMetrics } from './log-metrics.ts';
import { checkName } from './logging-routes.ts';
import { page } from './paging.ts';
import { badField } from './refusal.ts';

/** Cloud Logging v2: `projects.metrics`. */
export function logMetricRoutes(project: string, metrics: LogMetrics): Hono {
  const routes = new Hono();

  routes.use('/v2/projects/:project/metrics/*', async (c, next) => {
    checkName(project, c.req.param('project'));
    await next();
  });
  routes.get('/v2/projects/:project/metrics', (c) => c.json(page(c, 'metrics', metrics.resources())));
  routes.post('/v2/projects/:project/metrics', async (c) =>
    c.json(metrics.create(readMetric(await c.req.json()))),
  );
  routes.get('/v2/projects/:project/metrics/:name', (c) => c.json(metrics.get(c.req.param('name'))));
  // As the API has it, an update of what is not there makes it.
  routes.put('/v2/projects/:project/metrics/:name', async (c) =>
    c.json(metrics.put({ ...readMetric(await c.req.json()), name: c.req.param('name') })),
  );
  routes.delete('/v2/projects/:project/metrics/:name', (c) => {
    metrics.delete(c.req.param('name'));
    return c.json({});
  });

  return routes;
}

function readMetric(body: unknown): JsonObject {
  if (isObject(body)) return body;
  throw badField('metric', 'A metric must be an object.');
}
