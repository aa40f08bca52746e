import { readConfig } from '../config.ts';
import { exportLines, type LocalWishes, localPeople, startLocal } from '../local.ts';
import { createLog } from '../log.ts';
import { loadPlan } from '../plan/load.ts';
import type { Member } from '../plan/schema.ts';
import { type FloodBudget, REAL_FLOOD } from '../sandbox/telegram/flood.ts';
import { ConfigError } from '../settings.ts';
import { liveUntilStopped } from './lifetime.ts';

/** What `sluice sandbox` was told, as it was typed. */
export interface SandboxArguments {
  readonly telegramOnly?: boolean;
  readonly appEngineOnly?: boolean;
  readonly port?: string;
  readonly data?: string;
  readonly speed?: string;
  readonly app?: string;
  readonly token?: string;
  readonly bot?: string;
  readonly title?: string;
  readonly people?: string;
  readonly privacy?: boolean;
  readonly flood?: string;
}

const PEOPLE_FORM = 'people as ID:NAME, such as 11:Ada,12:Ben';
const FLOOD_FORM = 'real, off, or a whole number of messages a minute and group';

/**
 * The local stand-ins alone. Prints lines for a shell: `eval "$(…)"` is not meant, they are to be copied.
 * @throws ConfigError for an argument that is none
 */
export async function sandbox(given: SandboxArguments = {}): Promise<void> {
  const wishes = wishesOf(given);
  const named = given.people === undefined ? undefined : readPeople(given.people);
  const config = readConfig(process.env);
  const people = named ?? localPeople((await loadPlan(config.plan.path, config.plan)).people);
  const log = createLog(config.logLevel ?? 'warn');
  const parts = { telegram: given.appEngineOnly !== true, appEngine: given.telegramOnly !== true };
  const running = await startLocal(config, people, parts, (line) => log.info(line), wishes);
  const open = running.telegram
    ? `open ${running.telegram.url}`
    : `the app is at ${running.appEngine?.proxyUrl}`;
  process.stdout.write(`# The sandbox is up: ${open}\n${exportLines(running).join('\n')}\n`);
  await liveUntilStopped(new Promise(() => {}), () => running.close());
}

function wishesOf(given: SandboxArguments): LocalWishes {
  const { port, speed, data, app, token, bot, title, privacy, flood } = given;
  return {
    ...(port !== undefined && { port: read('--port', port, /^\d+$/, 0, 65_535, 'a port from 0 to 65535') }),
    ...(speed !== undefined && {
      speed: read('--speed', speed, /^\d+(\.\d+)?$/, 0.1, 3_600, 'a number from 0.1 to 3600'),
    }),
    ...(data !== undefined && { dataDir: data }),
    ...(app !== undefined && { app }),
    telegram: {
      token,
      username: bot?.replace(/^@/, ''),
      title,
      privacy,
      flood: flood === undefined ? undefined : readFlood(flood),
    },
  };
}

function readFlood(text: string): FloodBudget | 'off' {
  if (text === 'off') return 'off';
  if (text === 'real') return REAL_FLOOD;
  return { perChatPerMinute: read('--flood', text, /^\d+$/, 1, 1_000_000, FLOOD_FORM) };
}

function readPeople(text: string): Member[] {
  const people = text.split(',').map((one) => {
    const [, id = '', name = ''] = /^\s*(\d{1,15}):\s*(\S.*?)\s*$/.exec(one) ?? [];
    if (!(Number(id) > 0)) throw wrong('--people', PEOPLE_FORM, one);
    return { id: Number(id), name, roles: [] };
  });
  if (new Set(people.map(({ id }) => id)).size < people.length)
    throw wrong('--people', `${PEOPLE_FORM}, each with an id of their own`, text);
  return people;
}

function read(
  option: string,
  text: string,
  form: RegExp,
  least: number,
  most: number,
  expected: string,
): number {
  const value = Number(text);
  if (form.test(text) && value >= least && value <= most) return value;
  throw wrong(option, expected, text);
}

function wrong(option: string, expected: string, got: string): ConfigError {
  return new ConfigError(`${option}: expected ${expected}, got "${got}".`);
}
