import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import * as v from 'valibot';
import type { RemoteDoor } from './control/server.ts';

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
  /** Where pipelines on other machines may begin releases. */
  readonly control?: RemoteDoor;
  /** Page of a running sandbox whose clock and people this process shares. */
  readonly sandbox?: string;
  /** How much the log says; each command has its own default. */
  readonly logLevel?: LogLevel;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

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

const token = v.pipe(
  v.string(),
  v.regex(
    /^[\x21-\x7e]{32,}$/,
    'a secret of at least 32 characters without spaces, such as `openssl rand -hex 32` prints',
  ),
);

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
  SLUICE_CONTROL_PORT: v.optional(numeral(0, 65_535, 'a port from 0 to 65535')),
  SLUICE_CONTROL_HOST: v.optional(v.string(), '127.0.0.1'),
  SLUICE_CONTROL_TOKEN: v.optional(token),
  SLUICE_SANDBOX: v.optional(baseUrl),
  LOG_LEVEL: v.optional(v.picklist(LOG_LEVELS, `one of ${LOG_LEVELS.join(', ')}`)),
  CLOUDSDK_API_ENDPOINT_OVERRIDES_APPENGINE: v.optional(baseUrl),
  CLOUDSDK_API_ENDPOINT_OVERRIDES_MONITORING: v.optional(baseUrl),
  CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING: v.optional(baseUrl),
  CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE: v.optional(baseUrl),
  CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDSCHEDULER: v.optional(baseUrl),
  CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER: v.optional(baseUrl),
  CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM: v.optional(baseUrl),
});

/** What only those who call the bot from elsewhere need. */
const callerSchema = v.object({
  SLUICE_DATA_DIR: v.optional(v.string(), 'data'),
  SLUICE_CONTROL_URL: v.optional(baseUrl),
  SLUICE_CONTROL_TOKEN: v.optional(token),
});

/** A token in an error is a leaked token. */
const SECRETS = ['TELEGRAM_BOT_TOKEN', 'SLUICE_CONTROL_TOKEN'];

/**
 * The configuration from the environment, with `.env` of the present folder for what the environment leaves out. An
 * empty value counts as absent.
 * @throws ConfigError
 */
export function readConfig(env: NodeJS.ProcessEnv, dotEnv = '.env'): Config {
  const output = check(schema, readGiven(env, dotEnv));
  const control = controlOf(output);
  return {
    telegram: telegramOf(output),
    cloud: cloudOf(output),
    dataDir: output.SLUICE_DATA_DIR,
    plan: planOf(output.SLUICE_PLAN),
    port: output.SLUICE_PORT,
    speed: output.SLUICE_SPEED,
    ...(control && { control }),
    ...(output.SLUICE_SANDBOX && { sandbox: output.SLUICE_SANDBOX }),
    ...(output.LOG_LEVEL && { logLevel: output.LOG_LEVEL }),
  };
}

/** How the running bot is reached: on this machine through its data folder, or elsewhere by its address. */
export type BotPlace =
  | { readonly kind: 'local'; readonly dataDir: string }
  | { readonly kind: 'remote'; readonly url: string; readonly token: string };

/**
 * Where the running bot is, for commands that have it do something.
 * @throws ConfigError
 */
export function readBotPlace(env: NodeJS.ProcessEnv, dotEnv = '.env'): BotPlace {
  const output = check(callerSchema, readGiven(env, dotEnv));
  const { SLUICE_CONTROL_URL: url, SLUICE_CONTROL_TOKEN: token, SLUICE_DATA_DIR: dataDir } = output;
  if (url === undefined) return { kind: 'local', dataDir };
  if (token === undefined)
    throw new ConfigError(
      'SLUICE_CONTROL_URL names a bot elsewhere, but SLUICE_CONTROL_TOKEN is not set: it must be the same here as where the bot runs.',
    );
  return { kind: 'remote', url: url.replace(/\/+$/, ''), token };
}

/** @throws ConfigError with a sentence for each fault. */
function check<T>(
  schema: v.GenericSchema<unknown, T>,
  given: Readonly<Record<string, string | undefined>>,
): T {
  const result = v.safeParse(schema, given);
  if (result.success) return result.output;
  const sentences = result.issues.map((issue) => {
    const name = String(issue.path?.[0]?.key);
    const came = SECRETS.includes(name) ? 'something else' : `"${given[name]}"`;
    return `${name} should be ${issue.message}, but is ${came}.`;
  });
  throw new ConfigError(sentences.join('\n'));
}

function controlOf({
  SLUICE_CONTROL_PORT: port,
  SLUICE_CONTROL_HOST: host,
  SLUICE_CONTROL_TOKEN: token,
}: v.InferOutput<typeof schema>): RemoteDoor | undefined {
  if (port === undefined) return undefined;
  if (token === undefined)
    throw new ConfigError(
      'SLUICE_CONTROL_PORT lets other machines begin releases, but SLUICE_CONTROL_TOKEN is not set: make one of at least 32 characters, such as `openssl rand -hex 32` prints, and give it to those who may.',
    );
  return { host, port, token };
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
