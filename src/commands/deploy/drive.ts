import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { resolve } from 'node:path';
import { type BotPlace, readBotPlace } from '../../config.ts';
import {
  type Begun,
  type Line,
  type Order,
  parseLine,
  parseOrder,
  progressOf,
} from '../../control/protocol.ts';
import type { DeployOptions } from '../deploy.ts';
import { Away, type Connection, connectTo } from './connection.ts';
import { createPatience, type Patience } from './patience.ts';
import { createPrinter, type Printer } from './printer.ts';

/** Real milliseconds for which a bot on another machine is waited for that has not answered yet. */
const FIRST_CONTACT = 30_000;

/** What a shell expects of a command that was ended by a signal. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Has the running bot take a release through its plan, and says how it goes until it is over. People answer in the chat.
 * The exit code is 1 when it was cancelled or rolled back.
 * @throws Error with the bot's sentence when it refuses.
 */
export async function drive(folder: string | undefined, options: DeployOptions): Promise<void> {
  const place = readBotPlace(process.env);
  const order = orderOf(folder, options, place);
  const printer = createPrinter(options.json ?? false, process.stdout);
  const connection = connectTo(place);
  const say = (text: string) => printer.note('connection', text);
  const patience = createPatience(place.kind === 'remote' ? FIRST_CONTACT : 0, connection.where, say);

  let begun: Begun | undefined;
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.once(signal, () => {
      printer.note('stopped', farewell(order.key, begun));
      // What was printed goes out first.
      process.stdout.write('', () => process.exit(code));
    });
  }

  const answer = await begin(order, connection, patience);
  if ('refused' in answer) {
    // For people it is the command's last word, on standard error.
    if (options.json) printer.note('refused', answer.refused);
    throw new Error(answer.refused);
  }
  begun = answer;
  if (begun.attached || !options.wait || options.json) printer.note('begun', sayBegun(begun), begun);
  if (!options.wait) return;
  const { outcome } = await watch(begun.rollout, connection, patience, printer);
  if (outcome !== 'done') process.exitCode = 1;
}

function orderOf(folder: string | undefined, options: DeployOptions, place: BotPlace): Order {
  const { service, version, from, existing, runItems, id, as } = options;
  return parseOrder({
    key: id ?? randomUUID(),
    as: as ?? `${userName()}@${hostname()}`,
    // A folder on this machine is named as it is seen from here.
    ...(folder !== undefined && { folder: place.kind === 'local' ? resolve(folder) : folder }),
    ...(from !== undefined && { from }),
    ...(service !== undefined && { service }),
    ...(version !== undefined && { version }),
    existing: existing ?? false,
    runItems: runItems ?? false,
  });
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container the user may be a number without a name.
    return String(process.getuid?.() ?? 'somebody');
  }
}

/** Sent again it is the same release, so an answer that was lost does no harm. */
async function begin(order: Order, connection: Connection, patience: Patience) {
  for (;;) {
    try {
      const answer = await connection.order(order);
      patience.reached();
      return answer;
    } catch (error) {
      await patience.wait(error);
    }
  }
}

async function watch(
  rollout: string,
  connection: Connection,
  patience: Patience,
  printer: Printer,
): Promise<Extract<Line, { type: 'end' }>> {
  let seen = 0;
  for (;;) {
    try {
      for await (const text of connection.lines(progressOf(rollout, seen))) {
        patience.reached();
        if (text === '') continue;
        const line = parseLine(text);
        printer.line(line);
        if (line.type === 'end') return line;
        if (line.type === 'event') seen = line.revision;
      }
      throw new Away('it broke off', true);
    } catch (error) {
      await patience.wait(error);
    }
  }
}

function sayBegun({ rollout, service, version, attached }: Begun): string {
  return attached
    ? `${service}: the release of ${version} was begun before with the same key. Rollout ${rollout}.`
    : `${service}: the release of ${version} has begun. Rollout ${rollout}. People answer in the chat.`;
}

function farewell(key: string, begun: Begun | undefined): string {
  return begun
    ? `No longer watched from here, but rollout ${begun.rollout} goes on: /cancel or /rollback in the chat ends it. The same command with --id=${key} watches it again.`
    : 'Stopped before the bot answered: /status in the chat says whether the rollout has begun.';
}
