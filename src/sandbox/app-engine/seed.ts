import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { apply, type Parts } from './changes.ts';
import type { CronJobs } from './cron/jobs.ts';
import { isObject, type Json, type JsonObject, objectAt, textAt } from './json.ts';
import type { LogMetrics } from './log-metrics.ts';

const LEFT_OUT = new Set(['.git', '.gitignore', '.gcloudignore', 'node_modules']);

/** The standard environment's own settings lie one level deeper in the API than in app.yaml. */
const SCHEDULER = [
  'min_instances',
  'max_instances',
  'target_cpu_utilization',
  'target_throughput_utilization',
];

/** What is taken over from app.yaml: enough for a sample that somebody wants to find deployed already. */
const FIELDS = ['runtime', 'instance_class', 'inbound_services', 'manual_scaling', 'basic_scaling'];

/**
 * Installs a folder as the first version of a service, by the way that any deployment takes, with its cron jobs and
 * log-based metrics. @throws Error
 */
export async function seedProject(
  parts: Parts & { readonly cron: CronJobs; readonly logMetrics: LogMetrics },
  service: string,
  id: string,
  folder: string,
): Promise<void> {
  await seedMetrics(parts.logMetrics, join(folder, 'metrics'));
  if (parts.registry.findService(service)) return;
  const manifest = await readFile(join(folder, 'app.yaml'), 'utf8').catch((error: Error) => {
    throw new Error(
      `There is no app to begin with in ${folder}: its app.yaml cannot be read (${error.message}).`,
    );
  });
  const parsed: unknown = parse(manifest);
  if (!isObject(parsed)) throw new Error(`${join(folder, 'app.yaml')} is not a YAML mapping.`);
  const spec: JsonObject = { ...specOf(parsed), id, deployment: { files: await upload(parts, folder) } };
  await apply(parts, { kind: 'create version', service, id, spec, at: parts.clock.now() });
  for (const job of await cronJobs(folder)) parts.cron.create(job);
  parts.fleet.warm(service, id);
}

/** The log-based metrics of a folder, one to a file as gcloud takes them; those that exist already stay as they are. */
async function seedMetrics(metrics: LogMetrics, folder: string): Promise<void> {
  const known = new Set(metrics.resources().map(({ name }) => name));
  for (const file of await readdir(folder).catch(() => [])) {
    const metric: unknown = parse(await readFile(join(folder, file), 'utf8'));
    if (isObject(metric) && !known.has(metric.name)) metrics.create(metric);
  }
}

/** The jobs of a cron.yaml, if there is one, as gcloud asks for them. */
async function cronJobs(folder: string): Promise<JsonObject[]> {
  const text = await readFile(join(folder, 'cron.yaml'), 'utf8').catch(() => 'cron: []');
  const parsed: unknown = parse(text);
  const entries = isObject(parsed) && Array.isArray(parsed.cron) ? parsed.cron.filter(isObject) : [];
  return entries.map((entry) => ({
    ...(textAt(entry, 'description') !== undefined && { description: textAt(entry, 'description') }),
    schedule: textAt(entry, 'schedule'),
    timeZone: textAt(entry, 'timezone') ?? 'UTC',
    legacyAppEngineCron: true,
    appEngineHttpTarget: {
      httpMethod: 'GET',
      relativeUri: textAt(entry, 'url') ?? '/',
      ...(textAt(entry, 'target') !== undefined && {
        appEngineRouting: { service: textAt(entry, 'target') },
      }),
    },
  }));
}

function specOf(yaml: JsonObject): JsonObject {
  const spec: Record<string, Json> = {};
  for (const field of FIELDS) {
    const value = yaml[field];
    if (value !== undefined && value !== null) spec[camel(field)] = camelKeys(value);
  }
  if (isObject(yaml.automatic_scaling)) spec.automaticScaling = automaticScaling(yaml.automatic_scaling);
  if (Array.isArray(yaml.inbound_services)) {
    spec.inboundServices = yaml.inbound_services.map((one) => `INBOUND_SERVICE_${String(one).toUpperCase()}`);
  }
  if (typeof yaml.entrypoint === 'string') spec.entrypoint = { shell: yaml.entrypoint };
  if (isObject(yaml.env_variables)) {
    spec.envVariables = Object.fromEntries(
      Object.entries(yaml.env_variables).map(([k, v]) => [k, String(v)]),
    );
  }
  return spec;
}

function automaticScaling(yaml: JsonObject): JsonObject {
  const entries = Object.entries(yaml);
  const scheduler = entries.filter(([key]) => SCHEDULER.includes(key));
  const rest = entries.filter(([key]) => !SCHEDULER.includes(key));
  const inner =
    scheduler.length > 0 ? { standardSchedulerSettings: camelKeys(Object.fromEntries(scheduler)) } : {};
  return { ...objectAt({ rest: camelKeys(Object.fromEntries(rest)) }, 'rest'), ...inner };
}

function camelKeys(value: Json): Json {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [camel(key), camelKeys(inner ?? null)]),
  );
}

function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

async function upload({ buckets, registry }: Parts, folder: string): Promise<JsonObject> {
  const bucket = registry.codeBucket;
  const files: Record<string, Json> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(folder.length).replace(/^\/+/, '');
    if (!entry.isFile() || path.split('/').some((part) => LEFT_OUT.has(part))) continue;
    const content = await readFile(join(folder, path));
    const sha1Sum = createHash('sha1').update(content).digest('hex');
    buckets.write(bucket, sha1Sum, content, 'application/octet-stream');
    files[path] = { sha1Sum, sourceUrl: `https://storage.googleapis.com/${bucket}/${sha1Sum}` };
  }
  return files;
}
