import type { SandboxClock } from '../clock.ts';
import { type JsonObject, objectAt, textAt } from './json.ts';
import type { Service, Split } from './registry.ts';

/** A gradual migration of a service's traffic to one version. */
export interface Migration {
  readonly to: string;
  readonly shardBy: string;
  /** How far it is, from 0 to 1. */
  readonly progress: number;
}

/** @param running what is being changed at a service, and how far that is. */
export function migrationIn(
  running: { readonly change: JsonObject; readonly progress: number } | undefined,
): Migration | undefined {
  if (running?.change.kind !== 'set split' || running.change.gradual !== true) return undefined;
  const [to] = Object.keys(objectAt(running.change, 'allocations'));
  const shardBy = textAt(running.change, 'shardBy') ?? '';
  return to === undefined ? undefined : { to, shardBy, progress: running.progress };
}

/**
 * What the front ends go by, which is not always what the Admin API says: a migration moves the traffic bit by bit, and
 * after a new split some front ends have not heard of it for a while.
 */
export class Routing {
  readonly #clock: SandboxClock;
  readonly #propagation: number;
  readonly #migrationOf: (service: string) => Migration | undefined;

  /** @param propagation milliseconds of the sandbox's clock until the last front end knows of a new split */
  constructor(
    clock: SandboxClock,
    propagation: number,
    migrationOf: (service: string) => Migration | undefined,
  ) {
    this.#clock = clock;
    this.#propagation = propagation;
    this.#migrationOf = migrationOf;
  }

  /** The split by which a request is sent on that arrives now. */
  splitOf(service: Service): Split {
    const { former } = service;
    const migration = this.#migrationOf(service.id);
    if (migration) return underWay(service, migration);
    const left = former ? 1 - (this.#clock.now() - former.until) / this.#propagation : 0;
    return former && Math.random() < left ? former : service;
  }
}

function underWay({ allocations }: Split, { to, shardBy, progress }: Migration): Split {
  const others = Object.entries(allocations).filter(([id]) => id !== to);
  const left = others.map(([id, share]) => [id, share * (1 - progress)] as const);
  const moved = 1 - left.reduce((sum, [, share]) => sum + share, 0);
  return { shardBy, allocations: Object.fromEntries([...left, [to, moved]]) };
}
