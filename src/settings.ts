import * as v from 'valibot';
import { parseDuration } from './plan/duration.ts';
import { withoutPasswords } from './secrets.ts';

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

const SHORTEST = '1m';
const LONGEST = '24h';

const patience = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const ms = parseDuration(dataset.value);
    const [least = 0, most = 0] = [parseDuration(SHORTEST), parseDuration(LONGEST)];
    if (ms !== undefined && ms >= least && ms <= most) return ms;
    addIssue({ message: `a duration such as 5m, from ${SHORTEST} to ${LONGEST}` });
    return NEVER;
  }),
);

/** What is a secret of Sluice's own: no error repeats it, and no child process gets it. */
export const SECRETS = ['TELEGRAM_BOT_TOKEN', 'SLUICE_CONTROL_TOKEN', 'SLUICE_HEARTBEAT_URL'] as const;

const names = v.pipe(
  v.string(),
  v.transform((text) => text.split(/[\s,]+/).filter(Boolean)),
  v.check(
    (all) => all.every((name) => /^[A-Za-z_]\w*$/.test(name)),
    'names of variables with commas between them',
  ),
  v.check(
    (all) => !all.some((name) => isSecret(name)),
    `names of the team's own variables, and ${SECRETS.join(', ')} are Sluice's`,
  ),
);

/** How much the log may say. */
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Every variable that the bot reads. */
export const settings = v.object({
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
  GOOGLE_APPLICATION_CREDENTIALS: v.optional(v.string()),
  SLUICE_DATA_DIR: v.optional(v.string(), 'data'),
  SLUICE_PLAN: v.optional(v.string()),
  SLUICE_PORT: v.optional(numeral(0, 65_535, 'a port from 0 to 65535'), '8080'),
  SLUICE_SPEED: v.optional(numeral(0.1, 3_600, 'a number from 0.1 to 3600'), '30'),
  SLUICE_CONTROL_PORT: v.optional(numeral(0, 65_535, 'a port from 0 to 65535')),
  SLUICE_CONTROL_HOST: v.optional(v.string(), '127.0.0.1'),
  SLUICE_CONTROL_TOKEN: v.optional(token),
  SLUICE_HEALTH_PORT: v.optional(numeral(0, 65_535, 'a port from 0 to 65535')),
  SLUICE_HEALTH_HOST: v.optional(v.string(), '127.0.0.1'),
  SLUICE_HEARTBEAT_URL: v.optional(baseUrl),
  SLUICE_UNREACHABLE_AFTER: v.optional(patience, '5m'),
  SLUICE_COMMAND_ENV: v.optional(names),
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
export const callerSettings = v.object({
  SLUICE_DATA_DIR: v.optional(v.string(), 'data'),
  SLUICE_CONTROL_URL: v.optional(baseUrl),
  SLUICE_CONTROL_TOKEN: v.optional(token),
});

/** @throws ConfigError with a sentence for each fault. */
export function check<T>(
  schema: v.GenericSchema<unknown, T>,
  given: Readonly<Record<string, string | undefined>>,
): T {
  const result = v.safeParse(schema, given);
  if (result.success) return result.output;
  const sentences = result.issues.map((issue) => {
    const name = String(issue.path?.[0]?.key);
    const came = isSecret(name) ? 'something else' : `"${withoutPasswords(given[name] ?? '')}"`;
    return `${name} should be ${issue.message}, but is ${came}.`;
  });
  throw new ConfigError(sentences.join('\n'));
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

function isSecret(name: string): boolean {
  return SECRETS.some((secret) => secret === name);
}
