import { describe, expect, it } from 'vitest';
import { connectCloud, type Hooks } from '../../src/deploy/index.ts';
import type { Split } from '../../src/plan/split.ts';
import { leapingClock } from './clock.ts';
import { fault, type Reply, type Seen, scriptedServer } from './scripted-server.ts';

const v1: Split = { shardBy: 'RANDOM', shares: { v1: 1000 } };
const tenth: Split = { shardBy: 'RANDOM', shares: { v1: 900, v2: 100 } };
const foreign: Split = { shardBy: 'RANDOM', shares: { v1: 500, v9: 500 } };

/** An App Engine with one service whose faults a test chooses. */
async function appEngine(
  faults: {
    patch?: (n: number, apply: () => void) => Reply | undefined;
    poll?: (n: number) => Reply | undefined;
  } = {},
) {
  const world = { split: v1, patches: [] as unknown[], polls: 0 };
  const answer = (request: Seen): Reply => {
    if (request.url.includes('/operations/')) {
      world.polls++;
      return faults.poll?.(world.polls) ?? { json: { name: 'apps/demo/operations/op', done: true } };
    }
    if (request.method === 'PATCH') {
      const body = JSON.parse(request.body);
      world.patches.push(body);
      const apply = () => {
        world.split = fromWire(body.split);
      };
      const reply = faults.patch?.(world.patches.length, apply);
      if (reply) return reply;
      apply();
      return { json: { name: 'apps/demo/operations/op' } };
    }
    const allocations = Object.fromEntries(
      Object.entries(world.split.shares).map(([id, s]) => [id, s / 1000]),
    );
    return { json: { id: 'default', split: { allocations, shardBy: world.split.shardBy } } };
  };
  const server = await scriptedServer(answer);
  const clock = leapingClock();
  const cloud = connectCloud({
    project: 'demo',
    endpoints: { appengine: server.url },
    clock,
    log: () => undefined,
  });
  const operations: string[] = [];
  const hooks: Hooks = {
    async onOperation(name) {
      expect(world.polls).toBe(0);
      operations.push(name);
    },
  };
  return { world, server, cloud, clock, hooks, operations };
}

/** The generated client sends enums as numbers. */
function fromWire(split: { shardBy: number; allocations: Record<string, number> }): Split {
  const shardBy = (['UNSPECIFIED', 'COOKIE', 'IP', 'RANDOM'] as const)[split.shardBy] ?? 'UNSPECIFIED';
  const shares = Object.entries(split.allocations).map(([id, s]) => [id, Math.round(s * 1000)]);
  return { shardBy, shares: Object.fromEntries(shares) };
}

const held = fault(
  409,
  'ABORTED',
  'Cannot operate on apps/demo/services/default because an operation is already in progress for apps/demo/services/default by 0f-1.',
);

describe('moving the traffic', () => {
  it('writes only the split of only that service, and says the operation’s name before it waits', async () => {
    const { server, cloud, hooks, operations } = await appEngine();
    const outcome = await cloud.setSplit({ service: 'default', accept: [v1], to: tenth }, hooks);
    expect(outcome).toEqual({ kind: 'done', split: tenth });
    expect(operations).toEqual(['apps/demo/operations/op']);
    const patch = server.seen.find((s) => s.method === 'PATCH');
    expect(patch?.url).toMatch(/^\/v1\/apps\/demo\/services\/default\?updateMask=split&/);
    expect(JSON.parse(patch?.body ?? '')).toMatchObject({
      split: { shardBy: 3, allocations: { v1: 0.9, v2: 0.1 } },
    });
  });

  it('does nothing when it is so already', async () => {
    const { world, cloud, hooks } = await appEngine();
    world.split = tenth;
    const outcome = await cloud.setSplit({ service: 'default', accept: [v1], to: tenth }, hooks);
    expect(outcome).toEqual({ kind: 'done', split: tenth });
    expect(world.patches).toHaveLength(0);
  });

  it('writes nothing over a split that somebody else made', async () => {
    const { world, cloud, hooks } = await appEngine();
    world.split = foreign;
    const outcome = await cloud.setSplit({ service: 'default', accept: [v1], to: tenth }, hooks);
    expect(outcome).toEqual({ kind: 'drift', live: foreign });
    expect(world.patches).toHaveLength(0);
  });

  it('tells when somebody else moved it at the same moment', async () => {
    const setup = await appEngine({
      poll: () => {
        setup.world.split = foreign;
        return undefined;
      },
    });
    const outcome = await setup.cloud.setSplit({ service: 'default', accept: [v1], to: tenth }, setup.hooks);
    expect(outcome).toEqual({ kind: 'drift', live: foreign });
  });

  it('names the service that is not there', async () => {
    const server = await scriptedServer(() => fault(404, 'NOT_FOUND', "Could not find Service 'shop'."));
    const clock = leapingClock();
    const cloud = connectCloud({
      project: 'demo',
      endpoints: { appengine: server.url },
      clock,
      log: () => undefined,
    });
    const change = cloud.setSplit(
      { service: 'shop', accept: [v1], to: tenth },
      { onOperation: async () => undefined },
    );
    await expect(change).rejects.toThrow(/^There is no service "shop" in demo/);
  });
});

describe('a service that another operation holds', () => {
  it('is waited for, and looked at anew before the next try', async () => {
    const { world, server, cloud, hooks, clock } = await appEngine({
      patch: (n) => (n < 4 ? held : undefined),
    });
    const outcome = await cloud.setSplit({ service: 'default', accept: [v1], to: tenth }, hooks);
    expect(outcome.kind).toBe('done');
    expect(world.patches).toHaveLength(4);
    expect(server.count(/GET .*services\/default/)).toBe(5);
    expect(new Set(clock.slept).size).toBeGreaterThan(2);
  });
  it('is not waited for for ever', async () => {
    const { cloud, hooks, clock } = await appEngine({ patch: () => held });
    const start = clock.now();
    const change = cloud.setSplit({ service: 'default', accept: [v1], to: tenth }, hooks);
    await expect(change).rejects.toMatchObject({ kind: 'conflict', retryable: true });
    await expect(change).rejects.toThrow(/operation is already in progress.*wait until it has ended/);
    expect(clock.now() - start).toBeLessThan(61 * 60_000);
  });
  it('and moved meanwhile, is left alone', async () => {
    const setup = await appEngine({
      patch: () => {
        setup.world.split = foreign;
        return held;
      },
    });
    const outcome = await setup.cloud.setSplit({ service: 'default', accept: [v1], to: tenth }, setup.hooks);
    expect(outcome).toEqual({ kind: 'drift', live: foreign });
    expect(setup.world.patches).toHaveLength(1);
  });
});

describe('a request whose answer was lost', () => {
  it.each([
    ['cut', { cut: true } as const],
    ['503', fault(503, 'UNAVAILABLE', 'unavailable')],
  ])('%s: that took effect is not sent again', async (_, reply) => {
    const { world, cloud, hooks } = await appEngine({
      patch: (_n, apply) => {
        apply();
        return reply;
      },
    });
    const outcome = await cloud.setSplit({ service: 'default', accept: [v1], to: tenth }, hooks);
    expect(outcome).toEqual({ kind: 'done', split: tenth });
    expect(world.patches).toHaveLength(1);
  });
  it('that never arrived is sent again', async () => {
    const { world, cloud, hooks } = await appEngine({ patch: (n) => (n === 1 ? { cut: true } : undefined) });
    const outcome = await cloud.setSplit({ service: 'default', accept: [v1], to: tenth }, hooks);
    expect(outcome.kind).toBe('done');
    expect(world.patches).toHaveLength(2);
  });
});

describe('after a restart', () => {
  it('the operation that was begun is waited for first, and nothing is sent twice', async () => {
    const running: Reply = { json: { name: 'apps/demo/operations/op' } };
    const setup = await appEngine({
      poll: (n) => {
        if (n === 3) setup.world.split = tenth;
        return n < 3 ? running : undefined;
      },
    });
    const change = { service: 'default', accept: [v1], to: tenth, operation: 'apps/demo/operations/op' };
    await expect(setup.cloud.setSplit(change, setup.hooks)).resolves.toEqual({ kind: 'done', split: tenth });
    expect(setup.world.patches).toHaveLength(0);
  });
  it('an operation that has failed, or that nobody knows any more, is made good', async () => {
    for (const reply of [
      { json: { name: 'op', done: true, error: { code: 13, message: 'internal' } } },
      fault(404, 'NOT_FOUND', 'Operation not found'),
    ]) {
      const setup = await appEngine({ poll: (n) => (n === 1 ? reply : undefined) });
      const change = { service: 'default', accept: [v1], to: tenth, operation: 'apps/demo/operations/old' };
      const hooks = { onOperation: async () => undefined };
      await expect(setup.cloud.setSplit(change, hooks)).resolves.toEqual({ kind: 'done', split: tenth });
      expect(setup.world.patches).toHaveLength(1);
    }
  });
});
