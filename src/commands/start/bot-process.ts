import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ClockReading } from '../../plan/clock.ts';
import type { BotOrders, FromBot, ToBot, Up } from './orders.ts';

/** Real milliseconds for which a killed bot stays dead: about what a supervisor leaves. */
const DEAD_MS = 3_000;

/** With the same ending as this file: it runs from the sources and from what they are compiled to. */
const PROGRAM = fileURLToPath(new URL(`./bot-child${extname(import.meta.url)}`, import.meta.url));

interface Later<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: Error) => void;
}

/** A bot in a process of its own, which is loaded at once and waits for its orders. Killed, it is begun anew. */
export class BotProcess {
  readonly #ended = later<never>();
  #child: ChildProcess;
  #orders: BotOrders | undefined;
  #up = later<Up>();
  #stopping = false;

  constructor() {
    this.#child = this.#open();
    // Where nobody asks for it, it ends nothing.
    this.#ended.promise.catch(() => undefined);
  }

  /** Rejects with the bot's own sentence when it cannot go on. */
  get ended(): Promise<never> {
    return this.#ended.promise;
  }

  /** Whether its process lives. */
  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves once it polls. */
  begin(orders: BotOrders): Promise<Up> {
    this.#orders = orders;
    this.#tell({ do: 'begin', orders });
    return Promise.race([this.#up.promise, this.ended]);
  }

  /** Its process dies at once (SIGKILL), and another takes its place some seconds later. Resolves when that one polls. */
  async kill(): Promise<void> {
    if (this.alive) {
      this.#up = later();
      this.#child.kill('SIGKILL');
    }
    await Promise.race([this.#up.promise, this.ended]);
  }

  /** The clock that it goes by was set anew. */
  follow(clock: ClockReading): void {
    if (this.#orders) this.#orders = { ...this.#orders, clock };
    this.#tell({ do: 'follow', clock });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (!this.alive) return;
    const gone = once(this.#child, 'exit');
    this.#tell({ do: 'stop' });
    await gone;
  }

  #open(): ChildProcess {
    // Structured clones: a plan may hold more than JSON can say.
    const child = fork(PROGRAM, {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    let last: string | undefined;
    child.on('message', (message: FromBot) => {
      if (message.say === 'up') this.#up.resolve(message.up);
      else last = message.sentence;
    });
    child.once('exit', (code, signal) => {
      if (this.#stopping) return;
      if (signal === 'SIGKILL') return void this.#revive();
      this.#ended.reject(new Error(last ?? `The bot ended with ${signal ?? `exit status ${code}`}.`));
    });
    return child;
  }

  async #revive(): Promise<void> {
    await sleep(DEAD_MS);
    if (this.#stopping) return;
    this.#child = this.#open();
    if (this.#orders) this.#tell({ do: 'begin', orders: this.#orders });
  }

  #tell(message: ToBot): void {
    // One that is dead hears of it when it is begun anew.
    if (this.#child.connected) this.#child.send(message);
  }
}

function later<T>(): Later<T> {
  let resolve: Later<T>['resolve'] = () => undefined;
  let reject: Later<T>['reject'] = () => undefined;
  const promise = new Promise<T>((...both) => {
    [resolve, reject] = both;
  });
  return { promise, resolve, reject };
}
