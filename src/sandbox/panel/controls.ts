import type { AppEngine } from '../app-engine/index.ts';
import type { Trouble } from '../app-engine/troubles.ts';
import type { SandboxClock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import type { Load, World } from './state.ts';

/** How many minutes of figures the panel shows. */
const SHOWN_MINUTES = 40;
const MINUTE = 60_000;

/** A bot that can be killed here. */
export interface KillableBot {
  readonly alive: boolean;
  /** It dies at once, and another takes its place. Resolves when that one is at work. */
  kill(): Promise<void>;
}

export interface ControlParts {
  readonly clock: SandboxClock;
  readonly appEngine: AppEngine;
  /** The local project. */
  readonly project: string;
  readonly faults: Faults;
  /** Users' requests per second by day. */
  readonly usual: number;
  /** Absent: the bot runs elsewhere. */
  readonly bot?: KillableBot | undefined;
  /** Told of what failed after its asker had been answered. */
  readonly log: (line: string) => void;
}

export type TroubleChange = { readonly [key in keyof Trouble]: Trouble[key] | null };

/** What somebody asked for cannot be, in a sentence. */
export class WrongOrder extends Error {
  override name = 'WrongOrder';
}

/** Everything that can be done to the local world, by the panel and by scenarios. */
export class Controls {
  readonly #parts: ControlParts;
  #load: Load;
  #calm = () => {};

  constructor(parts: ControlParts) {
    this.#parts = parts;
    this.#load = { perSecond: parts.usual };
    parts.appEngine.load.setRate(parts.usual);
  }

  get clock(): SandboxClock {
    return this.#parts.clock;
  }

  get faults(): Faults {
    return this.#parts.faults;
  }

  world(): World {
    const { appEngine, faults, bot } = this.#parts;
    return {
      load: this.#load,
      ...appEngine.live(SHOWN_MINUTES),
      faults: faults.list().map(({ id, server, rule: { match, fault }, hits }) => ({
        id,
        server,
        path: match.path,
        kind: fault.kind,
        hits,
      })),
      bot: bot ? (bot.alive ? 'alive' : 'dead') : 'elsewhere',
    };
  }

  /** What the splits of all services are. */
  services(): World['services'] {
    return this.#parts.appEngine.live(0).services;
  }

  /** @param perSecond users' requests per second of the sandbox's clock, 0 for none */
  setLoad(perSecond: number): void {
    this.#calm();
    this.#load = { perSecond };
    this.#parts.appEngine.load.setRate(perSecond);
  }

  /** So many times as many users for so many minutes of the sandbox's clock. */
  burst(times: number, minutes: number): void {
    const { clock, appEngine } = this.#parts;
    const { perSecond } = this.#load;
    const until = clock.now() + minutes * MINUTE;
    this.#calm();
    this.#load = { perSecond, burst: { times, until } };
    appEngine.load.setRate(perSecond * times);
    this.#calm = clock.alarm(until, () => this.setLoad(perSecond));
  }

  /** From now on this is wrong with a version, and nothing else. */
  setTrouble(service: string, version: string, trouble: Trouble): void {
    this.#version(service, version);
    this.#parts.appEngine.troubles.set(service, version, trouble);
  }

  /** Changes some of what is wrong with a version; null ends it. */
  changeTrouble(service: string, version: string, change: TroubleChange): void {
    const known = this.#parts.appEngine.troubles.get(service, version);
    const left = Object.entries({ ...known, ...change }).filter(([, value]) => value !== null);
    this.setTrouble(service, version, Object.fromEntries(left));
  }

  /** Somebody moves the traffic by Google's own API, as the console does. @throws WrongOrder in App Engine's words */
  async move(service: string, allocations: Readonly<Record<string, number>>): Promise<void> {
    const { appEngine, project } = this.#parts;
    for (const version of Object.keys(allocations)) this.#version(service, version);
    const place = `${appEngine.url}/v1/apps/${project}/services/${encodeURIComponent(service)}`;
    const reply = await fetch(`${place}?updateMask=split`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ split: { allocations, shardBy: 'RANDOM' } }),
    });
    if (reply.ok) return;
    const { error } = (await reply.json()) as { error?: { message?: string } };
    throw new WrongOrder(`App Engine refused: ${error?.message ?? reply.status}`);
  }

  /** @throws WrongOrder where the bot is not ours to kill */
  killBot(): void {
    const { bot, log } = this.#parts;
    if (!bot) throw new WrongOrder('The bot was not started here: kill its process where it runs.');
    bot.kill().catch((error: Error) => log(`The bot did not come back: ${error.message}`));
  }

  /** All versions are well, no fault stands, and users come as by day. */
  calm(): void {
    const { appEngine, faults, usual } = this.#parts;
    appEngine.troubles.clear();
    faults.clearAll();
    this.setLoad(usual);
  }

  close(): void {
    this.#calm();
  }

  #version(service: string, version: string): void {
    const versions = this.services().find(({ id }) => id === service)?.versions;
    if (versions?.some(({ id }) => id === version)) return;
    const known = versions?.map(({ id }) => id).join(', ');
    throw new WrongOrder(
      known === undefined
        ? `There is no service ${service}.`
        : `Service ${service} has no version ${version}. It has ${known}.`,
    );
  }
}
