import { Agent, request as httpRequest } from 'node:http';
import type { SandboxClock } from '../clock.ts';

/** Real requests per second at most, whatever the rate and the clock's speed: two cores carry this and the rest. */
const MOST_PER_SECOND = 150;
/** Requests on their way at most; users who come beyond that are turned away, so a slow app cannot pile them up. */
const MOST_IN_FLIGHT = 100;
const GIVE_UP = 30_000;

/** What the sample app's users do, with its share of all requests. */
const HABITS: readonly { readonly share: number; readonly method: string; readonly path: () => string }[] = [
  { share: 0.65, method: 'GET', path: () => '/signals' },
  { share: 0.15, method: 'GET', path: () => '/' },
  { share: 0.12, method: 'POST', path: () => `/signals/${1 + Math.floor(Math.random() * 24)}/approve` },
  { share: 0.08, method: 'GET', path: () => '/healthz' },
];

export interface LoadCounts {
  /** Answers by status since the start; `failed` had none. */
  readonly answered: Readonly<Record<string, number>>;
  readonly failed: number;
  readonly turnedAway: number;
}

/** Users who come at random (Poisson), each from an address of their own, and use the application through its front door. */
export class LoadGenerator {
  readonly #target: URL;
  readonly #clock: SandboxClock;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: MOST_IN_FLIGHT });
  readonly #answered: Record<string, number> = {};
  #failed = 0;
  #turnedAway = 0;
  #inFlight = 0;
  #rate = 0;
  #next = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #unlisten: () => void;

  constructor(target: string, clock: SandboxClock) {
    this.#target = new URL(target);
    this.#clock = clock;
    // The next one was due at the former pace.
    this.#unlisten = clock.onChange(() => this.setRate(this.#rate));
  }

  /** Requests per second of the sandbox's time. */
  get rate(): number {
    return this.#rate;
  }

  /**
   * @param perSecond requests per second of the sandbox's time, 0 for none. In real time that is the rate times the
   * clock's speed, of which no more than 150 per second are sent: at high speed a minute of the sandbox sees fewer.
   */
  setRate(perSecond: number): void {
    if (!(perSecond >= 0))
      throw new RangeError(`A load is a number of requests per second from 0 on, not ${perSecond}.`);
    this.#rate = perSecond;
    clearTimeout(this.#timer);
    // Nobody comes while the clock stands still.
    if (perSecond * this.#clock.speed === 0) return;
    this.#next = performance.now();
    this.#schedule();
  }

  get counts(): LoadCounts {
    return { answered: { ...this.#answered }, failed: this.#failed, turnedAway: this.#turnedAway };
  }

  close(): void {
    this.#unlisten();
    this.setRate(0);
    this.#agent.destroy();
  }

  #schedule(): void {
    const perSecond = Math.min(this.#rate * this.#clock.speed, MOST_PER_SECOND);
    // A machine that slept does not make up for what it missed.
    this.#next =
      Math.max(this.#next, performance.now() - 1_000) + (-Math.log(1 - Math.random()) * 1_000) / perSecond;
    this.#timer = setTimeout(
      () => {
        this.#visit();
        this.#schedule();
      },
      Math.max(0, this.#next - performance.now()),
    );
  }

  #visit(): void {
    if (this.#inFlight >= MOST_IN_FLIGHT) {
      this.#turnedAway++;
      return;
    }
    this.#inFlight++;
    const { method, path } = pickHabit();
    const out = httpRequest({
      host: this.#target.hostname,
      port: this.#target.port,
      agent: this.#agent,
      method,
      path: path(),
      timeout: GIVE_UP,
      headers: { 'x-forwarded-for': randomAddress(), 'user-agent': 'sandbox-load', 'content-length': 0 },
    });
    out.once('timeout', () => out.destroy());
    out.once('error', () => {
      this.#failed++;
    });
    out.once('response', (answer) => {
      const status = String(answer.statusCode);
      this.#answered[status] = (this.#answered[status] ?? 0) + 1;
      // An answer that breaks off has been counted by its status.
      answer.on('error', () => undefined);
      answer.resume();
    });
    out.once('close', () => {
      this.#inFlight--;
    });
    out.end();
  }
}

function pickHabit(): { method: string; path: () => string } {
  let at = Math.random();
  for (const habit of HABITS) {
    at -= habit.share;
    if (at < 0) return habit;
  }
  return { method: 'GET', path: () => '/' };
}

/** From the block that RFC 2544 keeps for benchmarks: nobody's address. */
function randomAddress(): string {
  const n = Math.floor(Math.random() * 131_072);
  return `198.${18 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`;
}
