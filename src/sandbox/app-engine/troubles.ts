import type { SandboxClock } from '../clock.ts';

/** Bytes beyond which App Engine ends an instance: an F1's memory (cloud.google.com/appengine/docs/standard). */
const MOST_MEMORY = 384 * 1024 ** 2;
const MINUTE = 60_000;

/** What is wrong with one version. Whatever is left out is well. */
export interface Trouble {
  /** Share of its requests that are answered 500, from 0 to 1. */
  readonly errors?: number;
  /** This share of its requests takes so many real milliseconds longer. */
  readonly slow?: { readonly ms: number; readonly share: number };
  /** Real milliseconds that an instance takes longer to start; its first requests wait for it. */
  readonly coldStart?: number;
  /** Megabytes that each instance loses per minute of the sandbox's clock. One that has no memory left is ended. */
  readonly leak?: number;
  /** Each instance dies so many milliseconds of the sandbox's clock after it began to serve. */
  readonly crashEvery?: number;
}

/** What one request meets. */
export interface Mishap {
  /** Real milliseconds that it waits. */
  readonly wait: number;
  readonly fails: boolean;
}

interface Standing {
  trouble: Trouble;
  readonly since: number;
  /** What the shares have added up to: at each whole one a request is hit. */
  failing: number;
  slowing: number;
}

/**
 * Troubles of versions, for whoever plays with them or teaches by them. They are spread evenly over the requests, so that a
 * share looks the same each time. Kept in memory: a server started anew has none.
 */
export class Troubles {
  readonly #clock: SandboxClock;
  readonly #standing = new Map<string, Standing>();

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  /** From now on this is wrong with a version, and nothing else; an empty trouble ends it. */
  set(service: string, version: string, trouble: Trouble): void {
    const key = `${service}/${version}`;
    const known = this.#standing.get(key);
    if (Object.keys(trouble).length === 0) this.#standing.delete(key);
    else if (known) known.trouble = trouble;
    else this.#standing.set(key, { trouble, since: this.#clock.now(), failing: 0, slowing: 0 });
  }

  get(service: string, version: string): Trouble {
    return this.#standing.get(`${service}/${version}`)?.trouble ?? {};
  }

  clear(): void {
    this.#standing.clear();
  }

  /** What the next request of a version meets. @param cold whether it waits for an instance to start */
  meet(service: string, version: string, cold: boolean): Mishap {
    const standing = this.#standing.get(`${service}/${version}`);
    if (!standing) return { wait: 0, fails: false };
    const { errors = 0, slow, coldStart = 0 } = standing.trouble;
    standing.failing += errors;
    standing.slowing += slow?.share ?? 0;
    const [fails, slows] = [standing.failing >= 1, standing.slowing >= 1];
    if (fails) standing.failing -= 1;
    if (slows) standing.slowing -= 1;
    return { wait: (slows ? (slow?.ms ?? 0) : 0) + (cold ? coldStart : 0), fails };
  }

  /** Bytes that an instance has lost by now. @param startedAt when it began to serve, by the sandbox's clock */
  leaked(service: string, version: string, startedAt: number): number {
    const standing = this.#standing.get(`${service}/${version}`);
    if (!standing?.trouble.leak) return 0;
    const minutes = (this.#clock.now() - Math.max(standing.since, startedAt)) / MINUTE;
    return Math.max(0, minutes) * standing.trouble.leak * 1024 ** 2;
  }

  /** Why an instance ends now, if it does. @param memory reads what it has by itself, in bytes */
  fate(service: string, version: string, startedAt: number, memory: () => number): string | undefined {
    const { crashEvery } = this.get(service, version);
    const lost = this.leaked(service, version, startedAt);
    const used = lost === 0 ? 0 : memory() + lost;
    if (used > MOST_MEMORY) {
      const [most, has] = [MOST_MEMORY, used].map((bytes) => Math.round(bytes / 1024 ** 2));
      return `Exceeded hard memory limit of ${most} MiB with ${has} MiB.`;
    }
    if (crashEvery !== undefined && this.#clock.now() - startedAt >= crashEvery)
      return 'The process was killed.';
    return undefined;
  }
}
