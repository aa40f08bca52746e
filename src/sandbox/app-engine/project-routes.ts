import { Hono } from 'hono';
import type { JsonObject } from './json.ts';
import { page } from './paging.ts';
import { Refusal } from './refusal.ts';

/** Projects of Google's have one; nothing here depends on which. */
const NUMBER = '100000000001';

/** The APIs that can be spoken to here. */
const SERVICES = [
  'appengine.googleapis.com',
  'appengineflex.googleapis.com',
  'cloudresourcemanager.googleapis.com',
  'cloudscheduler.googleapis.com',
  'logging.googleapis.com',
  'monitoring.googleapis.com',
  'serviceusage.googleapis.com',
  'storage.googleapis.com',
];

/** The project itself (Cloud Resource Manager v1), and which APIs it uses (Service Usage v1). */
export function projectRoutes(project: string): Hono {
  const routes = new Hono();

  routes.get('/v1/projects/:project', (c) => {
    checkProject(project, c.req.param('project'));
    return c.json({ projectNumber: NUMBER, projectId: project, lifecycleState: 'ACTIVE', name: project });
  });

  routes.use('/v1/projects/:project/services/*', async (c, next) => {
    checkProject(project, c.req.param('project'));
    await next();
  });

  routes.get('/v1/projects/:project/services', (c) => c.json(page(c, 'services', SERVICES.map(service))));

  routes.get('/v1/projects/:project/services/:name', (c) => c.json(service(known(c.req.param('name')))));

  routes.post('/v1/projects/:project/services/:name{.+:enable}', (c) => {
    const name = known(c.req.param('name').replace(/:enable$/, ''));
    const type = 'type.googleapis.com/google.api.serviceusage.v1.EnableServiceResponse';
    const response = { '@type': type, service: service(name) };
    return c.json({ name: 'operations/noop.DONE_OPERATION', done: true, response });
  });

  return routes;
}

/** google.api.serviceusage.v1.Service. */
function service(name: string): JsonObject {
  const parent = `projects/${NUMBER}`;
  return { name: `${parent}/services/${name}`, config: { name }, state: 'ENABLED', parent };
}

function known(name: string): string {
  if (SERVICES.includes(name)) return name;
  throw new Refusal(
    'NOT_FOUND',
    `There is no ${name} beside the local App Engine, only ${SERVICES.join(', ')}: what needs it must go to Google.`,
  );
}

function checkProject(project: string, named: string): void {
  // Google takes the number as well.
  if (named === project || named === NUMBER) return;
  throw new Refusal('NOT_FOUND', `Could not find project '${named}': there is only '${project}'.`);
}
