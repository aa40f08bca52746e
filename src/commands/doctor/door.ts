import { once } from 'node:events';
import { createServer } from 'node:net';
import { type BotPlace, readBotPlace } from '../../config.ts';
import { progressOf } from '../../control/protocol.ts';
import type { RemoteDoor } from '../../control/server.ts';
import { type Examination, type Finding, good, wrong } from './finding.ts';

const TIMEOUT_MS = 10_000;
/** No rollout is named so. */
const NOBODY = '0';

/**
 * The door for pipelines on other machines, where there is one: open, or free to be opened; and the door that commands
 * here knock at, where another machine has the bot.
 */
export async function* examineDoors(door: RemoteDoor | undefined, env: NodeJS.ProcessEnv): Examination {
  if (door) yield await ownDoor(door);
  let place: BotPlace;
  try {
    place = readBotPlace(env);
  } catch (error) {
    yield wrong('Door', (error as Error).message);
    return;
  }
  if (place.kind === 'remote') yield await knock(place.url, place.token, 'SLUICE_CONTROL_URL');
}

async function ownDoor({ host, port, token }: RemoteDoor): Promise<Finding> {
  const at = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const fault = await tryToListen(host, port);
  switch (fault) {
    case undefined:
      return good('Door', `${at} is free, and opens for pipelines when Sluice runs.`);
    case 'EADDRINUSE':
      return knock(
        `http://${at.replace(/^0\.0\.0\.0:|^\[::\]:/, '127.0.0.1:')}`,
        token,
        'SLUICE_CONTROL_PORT',
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return wrong(
        'Door',
        `this machine has no address ${host} (${fault}).`,
        'Set SLUICE_CONTROL_HOST to one that it has; 0.0.0.0 means all of them.',
      );
    case 'EACCES':
      return wrong(
        'Door',
        `the account may not open ${at} (EACCES).`,
        'Set SLUICE_CONTROL_PORT to a port above 1023.',
      );
    default:
      return wrong(
        'Door',
        `${at} cannot be opened (${fault}).`,
        'Correct SLUICE_CONTROL_HOST and SLUICE_CONTROL_PORT.',
      );
  }
}

/** @returns the code of what stands against it. */
async function tryToListen(host: string, port: number): Promise<string | undefined> {
  const server = createServer();
  server.listen({ host, port, exclusive: true });
  try {
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  } finally {
    server.close();
  }
}

/** Asks for a rollout that nobody has, to which a bot of Sluice's has an answer of its own. */
async function knock(url: string, token: string, setting: string): Promise<Finding> {
  try {
    const response = await fetch(url + progressOf(NOBODY, 0), {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer = await response.text();
    if (response.status === 401)
      return wrong(
        'Door',
        `the Sluice at ${url} takes another token.`,
        'SLUICE_CONTROL_TOKEN must be the same here as where the bot runs.',
      );
    if (response.status === 404 && /"refused":/.test(answer))
      return good('Door', `Sluice answers at ${url}, and takes the token.`);
    return wrong(
      'Door',
      `something else than Sluice answers at ${url} (${response.status}).`,
      `Correct ${setting}, or end what listens there.`,
    );
  } catch (error) {
    const { cause, message } = error as Error;
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : message;
    return wrong(
      'Door',
      `nobody answers at ${url} (${why}).`,
      `Start Sluice there, see that the network lets this machine through, or correct ${setting}.`,
    );
  }
}
