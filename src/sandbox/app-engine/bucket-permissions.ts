import { Hono } from 'hono';
import type { Buckets } from './buckets.ts';

/** What the caller may do on a bucket: here everybody may do everything, on those that are there. */
export function bucketPermissions(buckets: Buckets): Hono {
  const routes = new Hono();
  routes.get('/storage/v1/b/:bucket/iam/testPermissions', (c) => {
    buckets.bucket(c.req.param('bucket'));
    return c.json({
      kind: 'storage#testIamPermissionsResponse',
      permissions: c.req.queries('permissions') ?? [],
    });
  });
  return routes;
}
