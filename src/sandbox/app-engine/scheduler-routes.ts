import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import type { SandboxClock } from '../clock.ts';
import { readFlag } from './dialect.ts';
import type { Documents } from './documents.ts';
import { isObject, type JsonObject, objectAt, textAt } from './json.ts';
import { page } from './paging.ts';
import { badField, Refusal } from './refusal.ts';
import { timestamp } from './resources.ts';

const REGION = 'us-central1';

/**
 * Cloud Scheduler v1beta1, as far as App Engine's cron jobs go: locations, and jobs to list, get, create and delete.
 * The jobs are kept; nothing calls them yet.
 */
export function schedulerRoutes(project: string, documents: Documents, clock: SandboxClock): Hono {
  const routes = new Hono();
  const parent = `projects/${project}/locations/${REGION}`;

  routes.use('/v1beta1/projects/:project/*', async (c, next) => {
    const named = c.req.param('project');
    if (named !== project)
      throw new Refusal('NOT_FOUND', `Could not find project '${named}': there is only '${project}'.`);
    await next();
  });

  routes.get('/v1beta1/projects/:project/locations', (c) =>
    c.json({
      locations: [{ name: parent, locationId: REGION, labels: { 'cloud.googleapis.com/region': REGION } }],
    }),
  );

  routes.get('/v1beta1/projects/:project/locations/:location/jobs', (c) => {
    const legacy = readFlag(c.req.query('legacyAppEngineCron'));
    const jobs = documents.list('job/').filter((job) => (job.legacyAppEngineCron === true) === legacy);
    return c.json(page(c, 'jobs', jobs, 500));
  });

  routes.post('/v1beta1/projects/:project/locations/:location/jobs', async (c) => {
    const body: unknown = await c.req.json();
    if (!isObject(body)) throw badField('job', 'A job must be an object.');
    if (textAt(body, 'schedule') === undefined)
      throw badField('job.schedule', 'Field job.schedule is required.');
    const name = textAt(body, 'name') ?? `${parent}/jobs/${randomUUID()}`;
    if (documents.get(`job/${name}`)) throw new Refusal('ALREADY_EXISTS', `Job ${name} already exists.`);
    const job: JsonObject = {
      timeZone: 'UTC',
      ...withoutNulls(body),
      appEngineHttpTarget: { httpMethod: 'GET', relativeUri: '/', ...objectAt(body, 'appEngineHttpTarget') },
      name,
      state: 'ENABLED',
      userUpdateTime: timestamp(clock.now()),
    };
    documents.put(`job/${name}`, job);
    return c.json(job);
  });

  routes.get('/v1beta1/projects/:project/locations/:location/jobs/:job', (c) =>
    c.json(find(c.req.param('job'))),
  );

  routes.delete('/v1beta1/projects/:project/locations/:location/jobs/:job', (c) => {
    documents.delete(`job/${textAt(find(c.req.param('job')), 'name')}`);
    return c.json({});
  });

  return routes;

  function find(id: string): JsonObject {
    const job = documents.get(`job/${parent}/jobs/${id}`);
    if (!job) throw new Refusal('NOT_FOUND', 'Job not found.');
    return job;
  }
}

function withoutNulls(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}
