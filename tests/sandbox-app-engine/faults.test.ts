import { expect, test } from 'vitest';
import type { AppEngine } from '../../src/sandbox/app-engine/index.ts';
import type { FaultRule } from '../../src/sandbox/faults.ts';
import { appEngine, deploy, eventually, rest, SERVICE, TELL_VERSION, upload } from './support.ts';

const APP = '/v1/apps/demo';

async function order(engine: AppEngine, rule: FaultRule): Promise<number> {
  const { status, body } = await rest(engine, 'POST', '/_sandbox/faults', rule);
  expect([status, body]).toEqual([200, expect.objectContaining({ ok: true })]);
  return Number(body.id);
}

/** What came over the wire, or `undefined` when the connection broke. */
async function ask(engine: AppEngine, path: string, init: RequestInit = {}) {
  const answer = await fetch(engine.url + path, init).catch(() => undefined);
  return answer && { status: answer.status, headers: answer.headers, text: await answer.text() };
}

async function makeVersion(engine: AppEngine, id: string) {
  const files = await upload(engine, TELL_VERSION);
  return ask(engine, `/v1/${SERVICE}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id, runtime: 'nodejs20', deployment: { files } }),
  });
}

function operationOf(answer: { text: string } | undefined): string {
  return `/v1/${JSON.parse(answer?.text ?? '{}').name}`;
}

test('an answer of Google’s comes so many times, in its words, and from the request that is meant', async () => {
  const engine = await appEngine();
  await order(engine, {
    match: { method: 'get', path: '^/v1/apps/demo$', nth: 2 },
    times: 1,
    fault: { kind: 'status', code: 429, retry_after: 7 },
  });
  expect((await ask(engine, APP))?.status).toBe(200);
  const refused = await ask(engine, APP);
  expect(refused?.status).toBe(429);
  expect(refused?.headers.get('retry-after')).toBe('7');
  expect(JSON.parse(refused?.text ?? '')).toEqual({
    error: {
      code: 429,
      message: 'Resource has been exhausted (e.g. check quota).',
      status: 'RESOURCE_EXHAUSTED',
    },
  });
  expect((await ask(engine, APP))?.status).toBe(200);
  const { body } = await rest(engine, 'GET', '/_sandbox/faults');
  expect(body.faults).toMatchObject([{ server: 'app-engine', seen: 3, hits: 1 }]);
});

test('a conflict names what is locked; Storage refuses in its own words; a proxy shows a page', async () => {
  const engine = await appEngine();
  await order(engine, { match: { path: 'services/default$' }, fault: { kind: 'status', code: 409 } });
  await order(engine, { match: { path: '^/storage/' }, fault: { kind: 'status', code: 503 } });
  await order(engine, { match: { path: '/operations' }, fault: { kind: 'html' } });
  const held = JSON.parse((await ask(engine, `/v1/${SERVICE}`))?.text ?? '');
  expect(held.error).toMatchObject({ code: 409, status: 'ABORTED' });
  expect(held.error.message).toMatch(
    /^Cannot operate on apps\/demo\/services\/default because an operation is already in progress for apps\/demo\/services\/default by [\w-]+\.$/,
  );
  const stored = JSON.parse((await ask(engine, '/storage/v1/b/demo.appspot.com'))?.text ?? '');
  expect(stored.error).toMatchObject({ code: 503, errors: [{ domain: 'global', reason: 'backendError' }] });
  expect(stored.error).not.toHaveProperty('status');
  const page = await ask(engine, `${APP}/operations`);
  expect([page?.status, page?.headers.get('content-type')]).toEqual([502, 'text/html; charset=UTF-8']);
  expect(page?.text).toMatch(/^<!DOCTYPE html>/);
});

test('a reset is not handled; a lost answer and a late truth are', async () => {
  const engine = await appEngine();
  const creation = { method: 'POST', path: '/versions$' };
  await order(engine, { match: creation, times: 1, fault: { kind: 'reset' } });
  await order(engine, { match: creation, times: 1, fault: { kind: 'lost-answer' } });
  await order(engine, { match: creation, times: 1, fault: { kind: 'late-truth', code: 500 } });
  expect(await makeVersion(engine, 'a')).toBeUndefined();
  expect(await makeVersion(engine, 'b')).toBeUndefined();
  const denied = await makeVersion(engine, 'c');
  expect([denied?.status, JSON.parse(denied?.text ?? '').error.message]).toEqual([
    500,
    'Internal error encountered.',
  ]);
  const made = await eventually(async () => {
    const { body } = await rest(engine, 'GET', `/v1/${SERVICE}/versions`);
    const list = (body.versions ?? []) as { id: string }[];
    return list.length === 2 ? list.map(({ id }) => id) : undefined;
  });
  expect(made.toSorted()).toEqual(['b', 'c']);
});

test('a hanging request is cut when its rule is cleared; a delayed one is answered', async () => {
  const engine = await appEngine();
  const id = await order(engine, { match: { path: '^/v1/apps/demo$' }, fault: { kind: 'hang' } });
  let settled = false;
  const asked = ask(engine, APP).finally(() => {
    settled = true;
  });
  await eventually(async () => {
    const { body } = await rest(engine, 'GET', '/_sandbox/faults');
    return (body.faults as { hits: number }[])[0]?.hits === 1 ? true : undefined;
  });
  expect(settled).toBe(false);
  expect((await rest(engine, 'DELETE', `/_sandbox/faults/${id}`)).status).toBe(200);
  expect(await asked).toBeUndefined();
  await order(engine, { match: {}, times: 1, fault: { kind: 'delay', ms: 20 } });
  expect((await ask(engine, APP))?.status).toBe(200);
});

test('an operation can fail with details, and one can be stuck until its rule is cleared', async () => {
  const engine = await appEngine();
  await deploy(engine, 'v1');
  const details = [
    { '@type': 'type.googleapis.com/google.rpc.Help', links: [{ url: 'https://example.com/why' }] },
  ];
  await order(engine, {
    match: { method: 'POST', path: '/versions$' },
    times: 1,
    fault: { kind: 'operation-fails', code: 9, message: 'The build did not like it.', details },
  });
  const failed = operationOf(await makeVersion(engine, 'v2'));
  const ended = await eventually(async () => {
    const { body } = await rest(engine, 'GET', failed);
    return body.done ? body : undefined;
  });
  expect(ended.error).toEqual({ code: 9, message: 'The build did not like it.', details });
  expect((await rest(engine, 'GET', `/v1/${SERVICE}/versions/v2`)).status).toBe(404);

  const id = await order(engine, {
    match: { method: 'POST', path: '/versions$' },
    fault: { kind: 'operation-stuck' },
  });
  const stuck = operationOf(await makeVersion(engine, 'v3'));
  // Another one, begun later and ended, tells that the time of the first is over.
  const { body: other } = await rest(engine, 'PATCH', `/v1/${SERVICE}?updateMask=labels`, {
    labels: { a: 'b' },
  });
  await eventually(async () =>
    (await rest(engine, 'GET', `/v1/${other.name}`)).body.done ? true : undefined,
  );
  expect((await rest(engine, 'GET', stuck)).body).not.toHaveProperty('done');
  await rest(engine, 'DELETE', `/_sandbox/faults/${id}`);
  await eventually(async () => ((await rest(engine, 'GET', stuck)).body.done ? true : undefined));
  expect((await rest(engine, 'GET', `/v1/${SERVICE}/versions/v3`)).status).toBe(200);
});

test('figures can be late, and some of them missing', async () => {
  const engine = await appEngine({ ingestionDelayMs: 0 });
  await deploy(engine, 'v1');
  await deploy(engine, 'v2');
  for (const id of ['v1', 'v2']) {
    const { body } = await rest(engine, 'GET', `/v1/${SERVICE}/versions/${id}`);
    expect((await fetch(String(body.versionUrl))).status).toBe(200);
  }
  const versions = async () => {
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const to = new Date(Date.now() + 86_400_000).toISOString();
    const query = new URLSearchParams({
      filter: 'metric.type="appengine.googleapis.com/http/server/response_count"',
      'interval.startTime': from,
      'interval.endTime': to,
    });
    const { status, body } = await rest(engine, 'GET', `/v3/projects/demo/timeSeries?${query}`);
    expect(status).toBe(200);
    const series = (body.timeSeries ?? []) as { resource: { labels: { version_id: string } } }[];
    return [...new Set(series.map(({ resource }) => resource.labels.version_id))].toSorted();
  };
  await eventually(async () => ((await versions()).length === 2 ? true : undefined));
  const late = await order(engine, {
    match: { path: '/timeSeries' },
    fault: { kind: 'late-figures', ms: 86_400_000 },
  });
  expect(await versions()).toEqual([]);
  await rest(engine, 'DELETE', `/_sandbox/faults/${late}`);
  await order(engine, {
    match: { path: '/timeSeries' },
    fault: { kind: 'partial-figures', without: '"v2"' },
  });
  expect(await versions()).toEqual(['v1']);
});

test('a share of the requests is hit, the same ones for the same seed', async () => {
  const engine = await appEngine();
  const draw = async (seed: number) => {
    const rule: FaultRule = {
      match: { path: '^/v1/apps/demo$' },
      probability: 0.5,
      seed,
      fault: { kind: 'html' },
    };
    const id = await order(engine, rule);
    const codes: (number | undefined)[] = [];
    for (let count = 0; count < 12; count++) codes.push((await ask(engine, APP))?.status);
    await rest(engine, 'DELETE', `/_sandbox/faults/${id}`);
    return codes;
  };
  const first = await draw(7);
  expect(new Set(first)).toEqual(new Set([200, 502]));
  expect(await draw(7)).toEqual(first);
  expect(await draw(8)).not.toEqual(first);
});

test('a wrong rule is refused with a sentence that says what was expected and where', async () => {
  const engine = await appEngine();
  const wrong = async (rule: unknown) => {
    const { status, body } = await rest(engine, 'POST', '/_sandbox/faults', rule);
    expect(status).toBe(400);
    return body.description;
  };
  expect(await wrong({ match: {}, fault: { kind: 'status', code: 99 } })).toMatch(
    /^Expected a rule .*fault\.code: must be 200 or more\.$/,
  );
  expect(await wrong({ match: { path: '(' }, fault: { kind: 'reset' } })).toMatch(
    /match\.path: must be a regular expression/,
  );
  expect(await wrong({ match: {}, fault: { kind: 'status', code: 200 } })).toMatch(/fault\.body is missing/);
  expect(await wrong({ match: { server: 'telegram' }, fault: { kind: 'operation-stuck' } })).toMatch(
    /for the App Engine, not for Telegram/,
  );
  expect(await wrong({ match: {}, fault: { kind: 'sulk' } })).toMatch(/fault\.kind: .*"sulk"/);
  expect(await wrong('nonsense')).toMatch(/^Expected a rule/);
  const { status, body } = await rest(engine, 'DELETE', '/_sandbox/faults/9');
  expect([status, body.description]).toEqual([404, 'There is no rule 9. GET /faults lists them.']);
});
