import { randomBytes } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import { startCommand } from './command.ts';
import { Instance } from './instance.ts';
import type { Logs, Source } from './logs.ts';
import type { Version } from './registry.ts';
import { residentBytes } from './resident.ts';
import { alwaysOn, environment, sizeOf } from './runtime.ts';

/** What an instance did since it started. */
interface Since {
  /** Milliseconds of the sandbox's clock. */
  startedAt: number;
  requests: number;
  errors: number;
}

/** One instance of a version: its process, if it runs, and its figures. */
export interface Hand {
  readonly source: Source;
  readonly instance: Instance;
  readonly since: Since;
}

export interface CrewOptions {
  readonly folder: string;
  readonly project: string;
  readonly clock: SandboxClock;
  readonly logs: Logs;
  readonly log: (line: string) => void;
}

/** The instances of one version: as many as it was manually given, else one. They take turns. */
export class Crew {
  readonly #options: CrewOptions;
  #version: Version;
  #hands: Hand[] = [];
  #turn = 0;

  constructor(version: Version, options: CrewOptions) {
    this.#options = options;
    this.#version = version;
    this.#resize();
  }

  /** Whose turn it is. */
  next(): Hand {
    const hand = this.#hands[this.#turn++ % this.#hands.length];
    if (!hand) throw new Error(`Version ${this.#version.id} has no instance.`);
    return hand;
  }

  /** Those with a running process. */
  running(): readonly Hand[] {
    return this.#hands.filter(({ instance }) => instance.port !== undefined);
  }

  /** Resident bytes of all processes. */
  memory(): number {
    return this.running().reduce((sum, { instance }) => sum + residentBytes(instance.pid), 0);
  }

  /** Starts every instance ahead of its first request. */
  warm(): void {
    for (const { instance } of this.#hands) {
      // Its trouble has been told; the next request tries again.
      instance.ready().catch(() => undefined);
    }
  }

  /** Takes notice that the version was changed: stopped, started, or given another number of instances. */
  async update(version: Version): Promise<void> {
    this.#version = version;
    const gone = this.#resize();
    await Promise.all(gone.map(({ instance }) => instance.stop()));
    if (version.stopped) await this.stop();
    else if (alwaysOn(version)) this.warm();
  }

  /** Ends every process; those that come after it serve the version that is given. */
  async replace(version: Version): Promise<void> {
    this.#version = version;
    await this.stop();
    await this.update(version);
    this.warm();
  }

  /** Ends one instance; where the version always has it, another process takes its place. */
  async restart(id: string): Promise<void> {
    const hand = this.#hands.find(({ source }) => source.instance === id);
    await hand?.instance.stop();
    if (alwaysOn(this.#version)) this.warm();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#hands.map(({ instance }) => instance.stop()));
  }

  /** @returns those that are too many now */
  #resize(): Hand[] {
    const size = sizeOf(this.#version);
    while (this.#hands.length < size) this.#hands.push(this.#hire());
    return this.#hands.splice(size);
  }

  #hire(): Hand {
    const { folder, project, clock, logs, log } = this.#options;
    const { service, id } = this.#version;
    const source = { service, version: id, instance: randomBytes(20).toString('hex') };
    const since = { startedAt: clock.now(), requests: 0, errors: 0 };
    const instance = new Instance({
      folder,
      command: () => startCommand(this.#version.spec, folder),
      env: () => environment(project, source.instance, this.#version),
      onLine: (stream, line) => logs.line(source, stream, line),
      onStart: () => Object.assign(since, { startedAt: clock.now(), requests: 0, errors: 0 }),
      onTrouble: (sentence, served) => {
        logs.crash(source, sentence);
        log(`${service}/${id}: ${sentence}`);
        // One that never listened would not the next time either: it waits for a request.
        if (served && alwaysOn(this.#version)) this.warm();
      },
    });
    return { source, instance, since };
  }
}
