import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import * as v from 'valibot';

/** Telegram's own chat, or the local one when there is no token. */
export type TelegramConfig =
  | { readonly kind: 'local' }
  | { readonly kind: 'remote'; readonly token: string; readonly apiRoot?: string; readonly chat?: number };

/** A Google project, or the local App Engine when none is named. */
export type CloudConfig =
  | { readonly kind: 'local' }
  | { readonly kind: 'remote'; readonly project: string; readonly endpoints: Endpoints };

export interface Endpoints {
  readonly appengine?: string;
  readonly monitoring?: string;
  readonly logging?: string;
  readonly storage?: string;
  readonly cloudscheduler?: string;
  readonly cloudresourcemanager?: string;
  readonly iam?: string;
}

export interface Config {
  readonly telegram: TelegramConfig;
  readonly cloud: CloudConfig;
  readonly dataDir: string;
  readonly plan: { readonly path: string; readonly optional: boolean };
  readonly port: number;
  /** How many times as fast as life the sandbox runs. */
  readonly speed: number;
  /** Page of a running sandbox whose clock and people this process shares. */
  readonly sandbox?: string;
}

/** What is wrong with the configuration: one sentence for each fault. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

const baseUrl = v.pipe(
  v.string(),
  v.check(isBaseUrl, 'an address such as https://host/, or http:// for this machine alone'),
);

function numeral(low: number, high: number, what: string) {
  return v.pipe(
    v.string(),
    v.check((text) => /^\d+(\.\d+)?$/.test(text) && Number(text) >= low && Number(text) <= high, what),
    v.transform(Number),
  );
}

const schema = v.object({
  TELEGRAM_BOT_TOKEN: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d+:[\w-]{10,}$/, 'the token that @BotFather gave you, such as 123456:ABC…'),
    ),
  ),
  TELEGRAM_API_ROOT: v.optional(baseUrl),
  TELEGRAM_CHAT_ID: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^-?\d+$/, 'the number of the group; /status there tells it'),
      v.transform(Number),
    ),
  ),
  GOOGLE_CLOUD_PROJECT: v.optional(
    v.pipe(v.string(), v.regex(/^([a-z0-9.-]+:)?[a-z][a-z0-9-]*$/, 'a project id such as my-project')),
  ),
  SLUICE_DATA_DIR: v.optional(v.string(), 'data'),
  SLUICE_PLAN: v.optional(v.string()),
  SLUICE_PORT: v.optional(numeral(0, 65_535, 'a port from 0 to 65535'), '8080'),
  SLUICE_SPEED: v.optional(numeral(0.1, 3_600, 'a number from 0.1 to 3600'), '30'),
  SLUICE_SANDBOX: v.optional(baseUrl),
  CLOUDSDK_API_ENDPOINT_OVERRIDES_APPENGINE: v.optional(baseUrl),
  CLOUDSDK_API_ENDPOINT_OVERRIDES_MONITORING: v.optional(baseUrl),
  CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING: v.optional(baseUrl),
  CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE: v.optional(baseUrl),
  CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDSCHEDULER: v.optional(baseUrl),
  CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER: v.optional(baseUrl),
  CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM: v.optional(baseUrl),
});

/** A token in an error is a leaked token. */
const SECRET = 'TELEGRAM_BOT_TOKEN';

/**
 * The configuration from the environment, with `.env` of the present folder for what the environment leaves out. An
 * empty value counts as absent.
 * @throws ConfigError
 */
export function readConfig(env: NodeJS.ProcessEnv, dotEnv = '.env'): Config {
  const given = readGiven(env, dotEnv);
  const result = v.safeParse(schema, given);
  if (!result.success) {
    const sentences = result.issues.map((issue) => {
      const name = String(issue.path?.[0]?.key);
      const came = name === SECRET ? 'something else' : `"${given[name]}"`;
      return `${name} should be ${issue.message}, but is ${came}.`;
    });
    throw new ConfigError(sentences.join('\n'));
  }
  const { output } = result;
  return {
    telegram: telegramOf(output),
    cloud: cloudOf(output),
    dataDir: output.SLUICE_DATA_DIR,
    plan: planOf(output.SLUICE_PLAN),
    port: output.SLUICE_PORT,
    speed: output.SLUICE_SPEED,
    ...(output.SLUICE_SANDBOX && { sandbox: output.SLUICE_SANDBOX }),
  };
}

/** Where the plan is, for commands that need nothing else of the configuration. */
export function readPlanPath(env: NodeJS.ProcessEnv, dotEnv = '.env'): Config['plan'] {
  return planOf(readGiven(env, dotEnv).SLUICE_PLAN);
}

function planOf(given: string | undefined): Config['plan'] {
  return { path: given ?? 'sluice.yaml', optional: given === undefined };
}

function readGiven(env: NodeJS.ProcessEnv, dotEnv: string): Readonly<Record<string, string | undefined>> {
  const file = existsSync(dotEnv) ? parseEnv(readFileSync(dotEnv, 'utf8')) : {};
  return Object.fromEntries(Object.entries({ ...file, ...env }).filter(([, value]) => value));
}

function telegramOf(env: v.InferOutput<typeof schema>): TelegramConfig {
  const { TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_ROOT: apiRoot, TELEGRAM_CHAT_ID: chat } = env;
  if (token === undefined) return { kind: 'local' };
  return {
    kind: 'remote',
    token,
    ...(apiRoot && { apiRoot: apiRoot.replace(/\/+$/, '') }),
    ...(chat !== undefined && { chat }),
  };
}

function cloudOf(env: v.InferOutput<typeof schema>): CloudConfig {
  const project = env.GOOGLE_CLOUD_PROJECT;
  if (project === undefined) return { kind: 'local' };
  const given = {
    appengine: env.CLOUDSDK_API_ENDPOINT_OVERRIDES_APPENGINE,
    monitoring: env.CLOUDSDK_API_ENDPOINT_OVERRIDES_MONITORING,
    logging: env.CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING,
    storage: env.CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE,
    cloudscheduler: env.CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDSCHEDULER,
    cloudresourcemanager: env.CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER,
    iam: env.CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM,
  };
  return {
    kind: 'remote',
    project,
    endpoints: Object.fromEntries(Object.entries(given).filter(([, url]) => url)),
  };
}

/** Plain http carries no secret past this machine. */
function isBaseUrl(text: string): boolean {
  try {
    const { protocol, hostname } = new URL(text);
    return (
      protocol === 'https:' || (protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname))
    );
  } catch {
    return false;
  }
}

/**
 * A plan that names a project is for that one only.
 * @throws ConfigError
 */
export function checkProject(plan: { readonly project?: string }, file: string, project: string): void {
  if (plan.project === undefined || plan.project === project) return;
  throw new ConfigError(
    `${file} is the plan of the project '${plan.project}', but GOOGLE_CLOUD_PROJECT is '${project}'. Correct whichever is wrong.`,
  );
}
