import { Hono } from 'hono';
import type { SandboxClock } from '../clock.ts';
import { readBody, unmodelled } from './admin-request.ts';
import { applicationRoutes } from './application-routes.ts';
import type { Change } from './changes.ts';
import { checkDelete, checkMigration, checkNewVersion, checkServingStatus, checkSplit } from './checks.ts';
import { readFlag, readMask, readView } from './dialect.ts';
import type { Figures } from './figures.ts';
import type { Fleet } from './fleet.ts';
import { type JsonObject, objectAt, textAt } from './json.ts';
import { checkInstances, INSTANCES } from './manual-scaling.ts';
import type { Operations } from './operations.ts';
import { page } from './paging.ts';
import { badField, Refusal } from './refusal.ts';
import type { Registry } from './registry.ts';
import { serviceResource, timestamp, versionResource } from './resources.ts';

interface Parts {
  readonly registry: Registry;
  readonly operations: Operations;
  readonly fleet: Fleet;
  readonly figures: Figures;
  readonly clock: SandboxClock;
  readonly defaultHostname: () => string;
}

/** gcloud's release tracks speak one each; what they have in common is the same. */
const DIALECTS = ['/v1', '/v1beta', '/v1alpha'];

/** App Engine Admin API: applications, services, versions, instances, operations. */
export function adminRoutes(parts: Parts): Hono {
  const routes = new Hono();
  for (const dialect of DIALECTS) {
    routes.route(dialect, applicationRoutes(parts.registry, parts.operations, parts.defaultHostname));
    routes.route(dialect, serviceRoutes(parts));
  }
  return routes;
}

function serviceRoutes({ registry, operations, fleet, figures, clock }: Parts): Hono {
  const routes = new Hono();
  const start = (method: string, target: string, change: Change): JsonObject =>
    operations.start(method, target, { ...change });

  routes.get('/apps/:app/services', (c) => {
    const all = registry.services().map((service) => serviceResource(registry, service));
    return c.json(page(c, 'services', all));
  });

  routes.get('/apps/:app/services/:service', (c) =>
    c.json(serviceResource(registry, registry.service(c.req.param('service')))),
  );

  routes.patch('/apps/:app/services/:service', async (c) => {
    const service = registry.service(c.req.param('service'));
    const target = `services/${service.id}`;
    const body = await readBody(c);
    const mask = readMask(c.req.query('updateMask')).map((path) => path.split('.')[0] ?? '');
    if (mask.length > 0 && mask.every((path) => path === 'split')) {
      const split = checkSplit(registry, service, objectAt(body, 'split'));
      const gradual = readFlag(c.req.query('migrateTraffic')) && checkMigration(registry, service.id, split);
      const { shardBy, allocations } = split;
      const change: Change = { kind: 'set split', service: service.id, shardBy, allocations, gradual };
      const operation = start('Services.UpdateService', target, change);
      if (gradual)
        for (const id of Object.keys(allocations)) void fleet.warmUp(registry.version(service.id, id));
      return c.json(operation);
    }
    if (mask.length === 0 || mask.some((path) => path !== 'labels' && path !== 'networkSettings')) {
      throw unmodelled('services.patch', mask);
    }
    const fields = Object.fromEntries(mask.map((path) => [path, body[path] ?? {}]));
    return c.json(
      start('Services.UpdateService', target, { kind: 'describe service', service: service.id, fields }),
    );
  });

  routes.delete('/apps/:app/services/:service', (c) => {
    const service = registry.service(c.req.param('service'));
    if (service.id === 'default') {
      throw new Refusal('INVALID_ARGUMENT', 'The default service (module) may not be deleted.');
    }
    return c.json(
      start('Services.DeleteService', `services/${service.id}`, {
        kind: 'delete service',
        service: service.id,
      }),
    );
  });

  routes.get('/apps/:app/services/:service/versions', (c) => {
    const { id } = registry.service(c.req.param('service'));
    const view = readView(c.req.query('view'));
    const all = registry.versions(id).map((version) => versionResource(registry, version, view));
    return c.json(page(c, 'versions', all));
  });

  routes.post('/apps/:app/services/:service/versions', async (c) => {
    const service = c.req.param('service');
    const spec = await readBody(c);
    const id = checkNewVersion(registry, service, spec);
    const target = `services/${service}/versions/${id}`;
    return c.json(
      start('Versions.CreateVersion', target, { kind: 'create version', service, id, spec, at: clock.now() }),
    );
  });

  routes.get('/apps/:app/services/:service/versions/:version', (c) => {
    const { service, version } = c.req.param();
    return c.json(
      versionResource(registry, registry.version(service, version), readView(c.req.query('view'))),
    );
  });

  routes.patch('/apps/:app/services/:service/versions/:version', async (c) => {
    const { service, version: id } = c.req.param();
    const version = registry.version(service, id);
    const body = await readBody(c);
    const mask = readMask(c.req.query('updateMask'));
    const target = `services/${service}/versions/${id}`;
    if (mask.length === 1 && mask[0] === INSTANCES) {
      const instances = checkInstances(version, body);
      const change: Change = { kind: 'set instances', service, id, instances };
      return c.json(start('Versions.UpdateVersion', target, change));
    }
    if (mask.length !== 1 || mask[0] !== 'servingStatus') throw unmodelled('versions.patch', mask);
    const wanted = textAt(body, 'servingStatus');
    if (wanted !== 'SERVING' && wanted !== 'STOPPED') {
      throw badField(
        'version.serving_status',
        `servingStatus must be SERVING or STOPPED, but is ${wanted ?? 'missing'}.`,
      );
    }
    checkServingStatus(version);
    const change: Change = { kind: 'set serving', service, id, stopped: wanted === 'STOPPED' };
    return c.json(start('Versions.UpdateVersion', target, change));
  });

  routes.delete('/apps/:app/services/:service/versions/:version', (c) => {
    const { service, version: id } = c.req.param();
    checkDelete(registry, registry.version(service, id));
    const change: Change = { kind: 'delete version', service, id };
    return c.json(start('Versions.DeleteVersion', `services/${service}/versions/${id}`, change));
  });

  routes.get('/apps/:app/services/:service/versions/:version/instances', (c) => {
    const { service, version } = c.req.param();
    return c.json(page(c, 'instances', instances(service, version)));
  });

  routes.get('/apps/:app/services/:service/versions/:version/instances/:instance', (c) => {
    const { service, version, instance } = c.req.param();
    return c.json(findInstance(service, version, instance));
  });

  routes.delete('/apps/:app/services/:service/versions/:version/instances/:instance', (c) => {
    const { service, version, instance } = c.req.param();
    findInstance(service, version, instance);
    const target = `services/${service}/versions/${version}/instances/${instance}`;
    const change: Change = { kind: 'restart instance', service, version, id: instance };
    return c.json(start('Instances.DeleteInstance', target, change));
  });

  return routes;

  function findInstance(service: string, version: string, id: string): JsonObject {
    const found = instances(service, version).find((one) => one.id === id);
    if (found) return found;
    throw new Refusal('NOT_FOUND', `Could not find instance '${id}' of version '${version}'.`);
  }

  function instances(service: string, version: string): JsonObject[] {
    const resident = 'manualScaling' in registry.version(service, version).spec;
    const lately = figures.lately(service, version);
    return fleet.running(service, version).map(({ id, startedAt, requests, errors, memory }) => ({
      name: `${registry.appName}/services/${service}/versions/${version}/instances/${id}`,
      id,
      appEngineRelease: '1.9.71',
      availability: resident ? 'RESIDENT' : 'DYNAMIC',
      startTime: timestamp(startedAt),
      requests,
      errors,
      qps: lately.perSecond,
      averageLatency: Math.round(lately.meanLatency),
      memoryUsage: String(memory),
    }));
  }
}
