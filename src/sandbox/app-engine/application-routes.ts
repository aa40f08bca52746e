import { Hono } from 'hono';
import { readBody, unmodelled } from './admin-request.ts';
import type { Change } from './changes.ts';
import { readMask } from './dialect.ts';
import { holds, parseFilter } from './filter.ts';
import { isObject, type JsonObject, textAt } from './json.ts';
import type { Operations } from './operations.ts';
import { page } from './paging.ts';
import { badField, Refusal } from './refusal.ts';
import type { Registry } from './registry.ts';
import { applicationResource, LOCATION } from './resources.ts';

/** Of the Admin API what concerns the whole application: itself, where it may live, and its operations. */
export function applicationRoutes(
  registry: Registry,
  operations: Operations,
  defaultHostname: () => string,
): Hono {
  const routes = new Hono();
  const start = (method: string, change: Change): JsonObject => operations.start(method, '', { ...change });

  routes.use('/apps/:app/*', async (c, next) => {
    checkApp(registry, c.req.param('app'));
    await next();
  });

  routes.post('/apps', () => {
    throw new Refusal('ALREADY_EXISTS', `Application '${registry.project}' exists already.`);
  });

  routes.get('/apps/:app', (c) => {
    checkApp(registry, c.req.param('app'));
    return c.json(applicationResource(registry, defaultHostname()));
  });

  routes.patch('/apps/:app', async (c) => {
    checkApp(registry, c.req.param('app'));
    const body = await readBody(c);
    const mask = readMask(c.req.query('updateMask'));
    if (mask.length !== 1 || mask[0] !== 'dispatchRules') throw unmodelled('apps.patch', mask);
    const rules = Array.isArray(body.dispatchRules) ? body.dispatchRules.filter(isObject) : [];
    for (const [i, rule] of rules.entries()) {
      const service = textAt(rule, 'service') ?? '';
      // A 404 would be taken for one of the application.
      if (!registry.findService(service)) {
        throw badField(
          `application.dispatch_rules[${i}].service`,
          `Could not find service '${service}' in application '${registry.project}': deploy it first.`,
        );
      }
    }
    return c.json(start('Applications.UpdateApplication', { kind: 'set dispatch', rules }));
  });

  routes.post('/apps/:app{[^:/]+:repair}', (c) => {
    checkApp(registry, c.req.param('app').replace(/:repair$/, ''));
    return c.json(start('Applications.RepairApplication', { kind: 'repair' }));
  });

  routes.get('/apps/:app/locations', (c) => c.json(page(c, 'locations', [location(registry)])));

  routes.get('/apps/:app/locations/:location', (c) => {
    if (c.req.param('location') === LOCATION) return c.json(location(registry));
    throw new Refusal('NOT_FOUND', `Could not find location '${c.req.param('location')}'.`);
  });

  routes.get('/apps/:app/operations', (c) =>
    c.json(page(c, 'operations', pickOperations(operations.list(), c.req.query('filter') ?? ''))),
  );
  routes.get('/apps/:app/operations/:id', (c) => c.json(operations.get(c.req.param('id'))));

  return routes;
}

function checkApp(registry: Registry, app: string): void {
  if (app === registry.project) return;
  throw new Refusal(
    'NOT_FOUND',
    `Could not find Application '${app}': the local App Engine has only '${registry.project}'.`,
  );
}

/** google.cloud.location.Location of the only one there is. */
function location(registry: Registry): JsonObject {
  return {
    name: `${registry.appName}/locations/${LOCATION}`,
    locationId: LOCATION,
    labels: { 'cloud.googleapis.com/region': LOCATION },
    metadata: {
      '@type': 'type.googleapis.com/google.appengine.v1.LocationMetadata',
      standardEnvironmentAvailable: true,
      flexibleEnvironmentAvailable: true,
    },
  };
}

/** @param text `done:false` and the like, as `operations list --pending` asks. @throws Refusal */
function pickOperations(all: readonly JsonObject[], text: string): JsonObject[] {
  const filter = parseFilter(text);
  return all.filter((operation) =>
    holds(filter, (one) => {
      if (one.kind === 'compare' && one.path.join('.') === 'done')
        return (one.value === 'true') === (operation.done === true);
      throw badField('filter', `Operations can be filtered by done:true and done:false only, not '${text}'.`);
    }),
  );
}
