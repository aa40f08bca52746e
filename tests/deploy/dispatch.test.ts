import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sharedConfig } from '../../src/adapters/shared-config.ts';
import { copyOfExample } from './local-app-engine.ts';
import { type Meddle, meddledCloud } from './meddled-cloud.ts';
import { fault, type Seen } from './scripted-server.ts';

const RULES = [
  { domain: '*', path: '/work/*', service: 'default' },
  { domain: 'shop.example.com', path: '/*', service: 'default' },
];
const DISPATCH =
  'dispatch:\n- {url: "*/work/*", service: default}\n- {url: shop.example.com/*, service: default}\n';

const isWrite = ({ method, url }: Seen) => method === 'PATCH' && url.includes('dispatchRules');

async function setUp(meddle?: Meddle) {
  const world = await meddledCloud(meddle);
  const folder = await copyOfExample();
  const file = join(folder, 'dispatch.yaml');
  await writeFile(file, DISPATCH);
  const live = async () => (await world.cloud.backUp({ service: 'default' })).dispatchRules;
  const writes = () => world.between.seen.filter(isWrite).length;
  return { ...world, folder, file, live, writes };
}

describe('the routing', () => {
  it('becomes what dispatch.yaml says, in one request, and is found the same again', async () => {
    const { cloud, file, live, writes } = await setUp();
    expect(await cloud.compareDispatch(file)).toEqual({ before: [], after: RULES });
    expect(await cloud.setDispatch(RULES)).toBe(true);
    expect(await live()).toEqual(RULES);
    expect(await cloud.compareDispatch(file)).toBeUndefined();
    expect(await cloud.setDispatch(RULES)).toBe(false);
    expect(writes()).toBe(1);
  });

  it('is the same in another order only where the order is', async () => {
    const { cloud, file } = await setUp();
    await cloud.setDispatch(RULES.toReversed());
    expect(await cloud.compareDispatch(file)).toEqual({ before: RULES.toReversed(), after: RULES });
  });

  it('is looked at again when the answer was lost', async () => {
    let lost = 0;
    const { cloud, live, between } = await setUp(async (request, pass) => {
      const reply = await pass();
      return isWrite(request) && lost++ === 0 ? { cut: true } : reply;
    });
    await cloud.setDispatch(RULES);
    expect(await live()).toEqual(RULES);
    // The operation that nobody was told of runs on meanwhile, and to say the same again does no harm.
    expect(new Set(between.seen.filter(isWrite).map(({ body }) => body)).size).toBe(1);
  });

  it('needs a role of its own, which is named', async () => {
    const text = "Permission 'appengine.applications.update' denied on resource";
    const { cloud } = await setUp((request, pass) =>
      isWrite(request) ? fault(403, 'PERMISSION_DENIED', text) : pass(),
    );
    await expect(cloud.setDispatch(RULES)).rejects.toThrow(/roles\/appengine\.appAdmin/);
  });

  it('is put back by a rollback, unless another hand has changed it since', async () => {
    const { cloud, folder, live } = await setUp();
    const backup = await cloud.backUp({ service: 'default', folder });
    await cloud.setDispatch(RULES);
    const hooks = { onReplace: async () => undefined };
    const request = { service: 'default', backup, dispatch: RULES };
    const [, routing] = await cloud.putBack(request, hooks);
    expect(routing).toEqual({ name: 'Routing', ok: true, detail: 'No rules, as in the backup; put back.' });
    expect(await live()).toEqual([]);

    const theirs = RULES.slice(0, 1);
    await cloud.setDispatch(theirs);
    const [, left] = await cloud.putBack(request, hooks);
    expect(left).toEqual({
      name: 'Routing',
      ok: true,
      detail: 'Another hand has changed the dispatch rules since, left so: new: */work/* → default.',
    });
    expect(await live()).toEqual(theirs);
  });

  it('goes back when the cron jobs that were to change with it cannot', async () => {
    const closed = fault(403, 'PERMISSION_DENIED', 'The caller does not have permission');
    const { cloud, folder, file, live } = await setUp((request, pass) =>
      request.method === 'POST' && request.url.includes('/jobs') ? closed : pass(),
    );
    const cron = join(folder, 'cron.yaml');
    await writeFile(cron, 'cron:\n- {url: /other, schedule: every 3 hours}\n');
    const documents = new Map<string, unknown>([['b', await cloud.backUp({ service: 'default', folder })]]);
    const shared = sharedConfig(cloud, {
      readDocument: async <T>(name: string) => documents.get(name) as T | undefined,
      writeDocument: async (name, document) => void documents.set(name, document),
    });
    const { signal } = new AbortController();
    const files = { cron, dispatch: file };
    expect(await shared.compare(files, signal)).toMatchObject({
      routes: { before: [], after: ['*/work/* → default', 'shop.example.com/* → default'] },
    });
    await expect(shared.deploy('b', files, signal)).rejects.toThrow(
      /does not have permission.* The routing is as it was before, too\.$/,
    );
    expect(await live()).toEqual([]);
    expect(await shared.done('b')).toMatchObject({ dispatch: RULES });
  });
});
