import { Hono } from 'hono';
import { isObject } from './json.ts';
import { badField, Refusal } from './refusal.ts';

/** SERVICE.RESOURCE.VERB, such as cloudscheduler.jobs.create; wildcards are not allowed. */
const PERMISSION = /^[a-z][a-z\d]*(\.[a-zA-Z\d]+)+\.[a-zA-Z]+$/;
const MOST = 100;

/** Cloud Resource Manager v1, as far as asking goes what the caller may do: here everybody may do everything. */
export function iamRoutes(project: string): Hono {
  const routes = new Hono();
  routes.post('/v1/projects/:project{[^:/]+:testIamPermissions}', async (c) => {
    const named = c.req.param('project').replace(/:testIamPermissions$/, '');
    if (named !== project) {
      throw new Refusal('NOT_FOUND', `Could not find project '${named}': there is only '${project}'.`);
    }
    const body: unknown = await c.req.json();
    const permissions = isObject(body) ? body.permissions : undefined;
    if (!Array.isArray(permissions) || permissions.some((one) => typeof one !== 'string')) {
      throw badField('permissions', 'Field permissions must be a list of permissions.');
    }
    if (permissions.length > MOST)
      throw badField('permissions', `At most ${MOST} permissions can be tested at a time.`);
    const bad = permissions.find((one) => !PERMISSION.test(String(one)));
    if (bad !== undefined)
      throw badField('permissions', `Permission ${String(bad)} is not valid for this resource.`);
    return c.json({ permissions });
  });
  return routes;
}
