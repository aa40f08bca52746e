import { Hono } from 'hono';
import { type CronJobs, REGION } from './cron/jobs.ts';
import { readFlag } from './dialect.ts';
import { isObject, type JsonObject } from './json.ts';
import { page } from './paging.ts';
import { badField, Refusal } from './refusal.ts';

/** App Engine's own jobs are of v1beta1; `gcloud scheduler` speaks v1. */
const DIALECTS = ['/v1beta1', '/v1'];

/** Cloud Scheduler, as far as App Engine's cron jobs go: locations, and jobs to list, get, create, delete and run. */
export function schedulerRoutes(project: string, jobs: CronJobs): Hono {
  const routes = new Hono();
  for (const dialect of DIALECTS) routes.route(dialect, jobRoutes(project, jobs));
  return routes;
}

function jobRoutes(project: string, jobs: CronJobs): Hono {
  const routes = new Hono();

  routes.use('/projects/:project/locations/*', async (c, next) => {
    const named = c.req.param('project');
    if (named !== project)
      throw new Refusal('NOT_FOUND', `Could not find project '${named}': there is only '${project}'.`);
    await next();
  });

  routes.get('/projects/:project/locations', (c) =>
    c.json({
      locations: [
        { name: jobs.parent, locationId: REGION, labels: { 'cloud.googleapis.com/region': REGION } },
      ],
    }),
  );

  routes.get('/projects/:project/locations/:location/jobs', (c) => {
    const legacy = readFlag(c.req.query('legacyAppEngineCron'));
    const found = jobs.list().filter((job) => (job.legacyAppEngineCron === true) === legacy);
    return c.json(page(c, 'jobs', found, 500));
  });

  routes.post('/projects/:project/locations/:location/jobs', async (c) => {
    const body: unknown = await c.req.json();
    if (!isObject(body)) throw badField('job', 'A job must be an object.');
    return c.json(jobs.create(withoutNulls(body)));
  });

  routes.get('/projects/:project/locations/:location/jobs/:job', (c) =>
    c.json(jobs.get(nameOf(c.req.param('job')))),
  );

  routes.delete('/projects/:project/locations/:location/jobs/:job', (c) => {
    jobs.delete(nameOf(c.req.param('job')));
    return c.json({});
  });

  routes.post('/projects/:project/locations/:location/jobs/:job{.+:run}', (c) =>
    c.json(jobs.runNow(nameOf(c.req.param('job').replace(/:run$/, '')))),
  );

  return routes;

  function nameOf(id: string): string {
    return `${jobs.parent}/jobs/${id}`;
  }
}

function withoutNulls(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}
