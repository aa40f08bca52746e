import { Hono } from 'hono';
import type { SandboxClock } from '../clock.ts';
import { clockRoutes } from '../clock-routes.ts';
import { onlyLocal } from '../door.ts';
import { faultRoutes } from '../fault-routes.ts';
import type { Faults } from '../faults.ts';
import { adminRoutes } from './admin-routes.ts';
import type { Buckets } from './buckets.ts';
import type { CronJobs } from './cron/jobs.ts';
import type { CustomMetrics } from './custom-metrics.ts';
import type { Figures } from './figures.ts';
import type { Fleet } from './fleet.ts';
import { iamRoutes } from './iam-routes.ts';
import { logMetricRoutes } from './log-metric-routes.ts';
import type { LogMetrics } from './log-metrics.ts';
import { loggingRoutes } from './logging-routes.ts';
import type { Logs } from './logs.ts';
import { platformMetrics } from './metrics.ts';
import { monitoringRoutes } from './monitoring-routes.ts';
import type { Operations } from './operations.ts';
import { projectRoutes } from './project-routes.ts';
import { answerRefusal, Refusal } from './refusal.ts';
import type { Registry } from './registry.ts';
import { schedulerRoutes } from './scheduler-routes.ts';
import { storageRoutes } from './storage-routes.ts';

export interface ApiParts {
  readonly registry: Registry;
  readonly buckets: Buckets;
  readonly fleet: Fleet;
  readonly operations: Operations;
  readonly figures: Figures;
  readonly logs: Logs;
  readonly cron: CronJobs;
  readonly logMetrics: LogMetrics;
  readonly customMetrics: CustomMetrics;
  readonly clock: SandboxClock;
  readonly faults: Faults;
  /** See AppEngineOptions. */
  readonly ingestionDelayMs: number;
  readonly defaultHostname: () => string;
  readonly log: (line: string) => void;
}

/** Google's REST APIs under one base URL. What is not modelled says so: 404 with the method and path. */
export function restApi(parts: ApiParts): Hono {
  const { registry, figures, logs, logMetrics, customMetrics, cron, clock } = parts;
  const { project } = registry;
  const api = new Hono();
  api.use('/_sandbox/*', onlyLocal);
  api.route('/_sandbox', clockRoutes(clock));
  api.route('/_sandbox', faultRoutes(parts.faults, 'app-engine'));
  api.get('/_sandbox/done', (c) => c.json({ ok: true, done: parts.operations.done() }));
  api.route('/', adminRoutes(parts));
  api.route('/', storageRoutes(parts.buckets));
  const measured = [platformMetrics(project, figures), logMetrics];
  api.route('/', monitoringRoutes(project, measured, customMetrics, clock, parts.ingestionDelayMs));
  api.route('/', loggingRoutes(project, logs));
  api.route('/', logMetricRoutes(project, logMetrics));
  api.route('/', schedulerRoutes(project, cron));
  api.route('/', iamRoutes(project));
  api.route('/', projectRoutes(project));
  api.notFound((c) =>
    answerRefusal(
      c,
      new Refusal('NOT_FOUND', `The local App Engine does not model ${c.req.method} ${c.req.path}.`),
    ),
  );
  api.onError((error, c) => {
    if (error instanceof Refusal) return answerRefusal(c, error);
    parts.log(`${c.req.method} ${c.req.path} failed: ${error.stack ?? error.message}`);
    return answerRefusal(
      c,
      new Refusal('INTERNAL', `Internal error of the local App Engine: ${error.message}`),
    );
  });
  return api;
}
