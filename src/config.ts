import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type * as v from 'valibot';
import type { RemoteDoor } from './control/server.ts';
import { knowSecrets } from './secrets.ts';
import { ConfigError, callerSettings, check, type LogLevel, settings } from './settings.ts';
import type { Watch } from './vigil.ts';

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
  /** How the bot keeps watch over itself. */
  readonly watch: Watch;
  /** Variables of this process's environment that the team's commands get besides. */
  readonly commandEnv: readonly string[];
  /** A key file for Google that is named in `.env`, as an absolute path: Google's client looks into the environment only. */
  readonly keyFile?: string;
  /** Page of a running sandbox whose clock and people this process shares. */
  readonly sandbox?: string;
  /** How much the log says; each command has its own default. */
  readonly logLevel?: LogLevel;
}

/**
 * The configuration from the environment, with `.env` of the present folder for what the environment leaves out. An
 * empty value counts as absent.
 * @throws ConfigError
 */
export function readConfig(env: NodeJS.ProcessEnv, dotEnv = '.env'): Config {
  const output = check(settings, readGiven(env, dotEnv));
  const control = controlOf(output);
  const keyFile = keyFileOf(output);
  return {
    telegram: telegramOf(output),
    cloud: cloudOf(output),
    dataDir: output.SLUICE_DATA_DIR,
    plan: planOf(output.SLUICE_PLAN),
    port: output.SLUICE_PORT,
    speed: output.SLUICE_SPEED,
    watch: watchOf(output),
    commandEnv: output.SLUICE_COMMAND_ENV ?? [],
    ...(keyFile && { keyFile }),
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
 * Where the running bot is, for commands that have it do something. Its token is known as a secret from then on.
 * @throws ConfigError
 */
export function readBotPlace(env: NodeJS.ProcessEnv, dotEnv = '.env'): BotPlace {
  const output = check(callerSettings, readGiven(env, dotEnv));
  const { SLUICE_CONTROL_URL: url, SLUICE_CONTROL_TOKEN: token, SLUICE_DATA_DIR: dataDir } = output;
  if (url === undefined) return { kind: 'local', dataDir };
  if (token === undefined)
    throw new ConfigError(
      'SLUICE_CONTROL_URL names a bot elsewhere, but SLUICE_CONTROL_TOKEN is not set: it must be the same here as where the bot runs.',
    );
  knowSecrets([token]);
  return { kind: 'remote', url: url.replace(/\/+$/, ''), token };
}

function controlOf({
  SLUICE_CONTROL_PORT: port,
  SLUICE_CONTROL_HOST: host,
  SLUICE_CONTROL_TOKEN: token,
}: v.InferOutput<typeof settings>): RemoteDoor | undefined {
  if (port === undefined) return undefined;
  if (token === undefined)
    throw new ConfigError(
      'SLUICE_CONTROL_PORT lets other machines begin releases, but SLUICE_CONTROL_TOKEN is not set: make one of at least 32 characters, such as `openssl rand -hex 32` prints, and give it to those who may.',
    );
  return { host, port, token };
}

function watchOf(env: v.InferOutput<typeof settings>): Watch {
  const { SLUICE_HEALTH_PORT: port, SLUICE_HEALTH_HOST: host, SLUICE_HEARTBEAT_URL: heartbeat } = env;
  return {
    ...(port !== undefined && { door: { host, port } }),
    ...(heartbeat !== undefined && { heartbeat }),
    unreachableAfter: env.SLUICE_UNREACHABLE_AFTER,
  };
}

/** Where a project is released to, a key file that is not there would be noticed in the middle of a release. */
function keyFileOf(env: v.InferOutput<typeof settings>): string | undefined {
  const given = env.GOOGLE_APPLICATION_CREDENTIALS;
  if (given === undefined || env.GOOGLE_CLOUD_PROJECT === undefined) return undefined;
  const path = resolve(given);
  if (existsSync(path)) return path;
  throw new ConfigError(
    `GOOGLE_APPLICATION_CREDENTIALS should be the path of a key file, but there is no file ${path}. Correct the path, or leave it out for the machine's own account.`,
  );
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

function telegramOf(env: v.InferOutput<typeof settings>): TelegramConfig {
  const { TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_ROOT: apiRoot, TELEGRAM_CHAT_ID: chat } = env;
  if (token === undefined) return { kind: 'local' };
  return {
    kind: 'remote',
    token,
    ...(apiRoot && { apiRoot: apiRoot.replace(/\/+$/, '') }),
    ...(chat !== undefined && { chat }),
  };
}

function cloudOf(env: v.InferOutput<typeof settings>): CloudConfig {
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
