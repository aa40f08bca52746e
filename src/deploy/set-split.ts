import { CloudError } from '../google/cloud-error.ts';
import { OPERATION_MS, waitForOperation } from '../google/operations.ts';
import type { Clock } from '../plan/clock.ts';
import { describeSplit, type Split, sameSplit, WHOLE } from '../plan/split.ts';
import { type AppEngine, resource } from './app-engine.ts';
import { type Hooks, sayWait } from './hooks.ts';
import { readSplit } from './services.ts';
import { type Start, startVersions } from './start.ts';

export interface SplitChange {
  readonly service: string;
  /** The live split must be one of these; any other was made by another hand. */
  readonly accept: readonly Split[];
  readonly to: Split;
  /**
   * Written even where `to` is what is read: a request of before that nobody waits for may still be on its way, and App
   * Engine takes this one only after that.
   */
  readonly anew?: boolean;
  /** Versions to be started first if they are stopped; a manually scaled one gets this many instances. */
  readonly start?: readonly Start[];
  /** Name of the operation that an earlier process started for this change. */
  readonly operation?: string;
}

type Log = (message: string, details?: object) => void;

export type SplitOutcome =
  | { readonly kind: 'done'; readonly split: Split }
  /** Nothing was written over it. */
  | { readonly kind: 'drift'; readonly live: Split };

/** How long there may be no good answer, by the clock; what another operation holds is waited for as long as that takes. */
const PATIENCE_MS = 5 * 60_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Compare-and-set on an API that knows no etag: reads, compares, starts what is to get traffic, writes, waits,
 * reads back. Safe to run again at any
 * moment. A lost answer or a held resource only means to look again; nothing is written without a look just before.
 * @throws CloudError when the service or a version does not exist, App Engine refuses, or patience ends.
 */
export async function setSplit(
  app: AppEngine,
  clock: Clock,
  log: Log,
  change: SplitChange,
  hooks: Hooks,
): Promise<SplitOutcome> {
  const { service, to } = change;
  const doing = `set the traffic of ${service} to ${describeSplit(to)}`;
  if (change.operation !== undefined)
    await settleEarlier(app, clock, log, change.operation, doing, hooks.signal);

  const last = clock.now() + OPERATION_MS;
  let until = clock.now() + PATIENCE_MS;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      const live = await mustReadSplit(app, service, hooks.signal);
      const isThere = sameSplit(live, to);
      if (isThere && !change.anew) return { kind: 'done', split: live };
      if (!isThere && !change.accept.some((known) => sameSplit(known, live))) return { kind: 'drift', live };
      // Starting takes its time, in which the split may have moved.
      if (await startVersions(app, clock, service, change.start ?? [], hooks.signal)) continue;
      const operation = await patchSplit(app, service, to, doing, hooks.signal);
      await hooks.onOperation(operation);
      await waitForOperation(app.rest, operation, doing, clock, hooks.signal);
      return await readBack(app, clock, change, hooks.signal);
    } catch (error) {
      if (!(error instanceof CloudError && error.retryable)) throw error;
      if (error.kind === 'conflict') until = Math.min(clock.now() + PATIENCE_MS, last);
      if (clock.now() + pause > until) throw error;
      log('looking at the split again', { service, problem: error.message });
      hooks.onWait?.(sayWait(service, error));
    }
    // Two bots that wait for the same resource must not come back together.
    await clock.sleep(pause * (0.75 + Math.random() / 2), hooks.signal);
  }
}

/** The operation of an earlier process. How it ended does not matter: what to do next is read from the live split. */
async function settleEarlier(
  app: AppEngine,
  clock: Clock,
  log: Log,
  name: string,
  doing: string,
  signal?: AbortSignal,
) {
  try {
    await waitForOperation(app.rest, name, doing, clock, signal);
  } catch (error) {
    if (!(error instanceof CloudError) || error.retryable) throw error;
    log('an operation of before the restart did not end well', { operation: name, problem: error.message });
  }
}

async function patchSplit(
  app: AppEngine,
  service: string,
  to: Split,
  doing: string,
  signal?: AbortSignal,
): Promise<string> {
  const allocations = Object.fromEntries(Object.entries(to.shares).map(([id, share]) => [id, share / WHOLE]));
  return app.rest.write(
    doing,
    async () => {
      const client = await app.services();
      const [operation] = await client.updateService({
        name: resource(app.project, service),
        service: { split: { shardBy: to.shardBy, allocations } },
        updateMask: { paths: ['split'] },
      });
      return operation.name ?? '';
    },
    signal,
  );
}

/** Reads may be behind the operation for a moment: the split from before gets a few more looks. */
async function readBack(
  app: AppEngine,
  clock: Clock,
  change: SplitChange,
  signal?: AbortSignal,
): Promise<SplitOutcome> {
  for (let look = 1; ; look++) {
    const live = await mustReadSplit(app, change.service, signal);
    if (sameSplit(live, change.to)) return { kind: 'done', split: live };
    const behind = change.accept.some((known) => sameSplit(known, live));
    if (!behind || look === 5) return { kind: 'drift', live };
    await clock.sleep(look * 1_000, signal);
  }
}

async function mustReadSplit(app: AppEngine, service: string, signal?: AbortSignal): Promise<Split> {
  const live = await readSplit(app, service, signal);
  if (live) return live;
  throw new CloudError(
    'not-found',
    `There is no service "${service}" in ${app.project}: deploy a first version of it, or correct the name.`,
  );
}
