import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fault, type Reply, scriptedServer } from '../deploy/scripted-server.ts';
import { repository } from '../host/repository.ts';
import { exported, sluice, tempFolder } from './sluice.ts';

const TOKEN = '123456:abcdefghijklmnop';
const GROUP = -1001;
const BOT = 123456;

interface Said {
  readonly code: number | null;
  readonly text: string;
  readonly lines: string[];
}

async function doctor(env: Record<string, string>, files: Record<string, string> = {}): Promise<Said> {
  const folder = await tempFolder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const process = sluice(['doctor'], folder, env);
  const code = await process.ended();
  expect(process.err()).toBe('');
  const text = process.out();
  expect(text).not.toContain(TOKEN);
  return { code, text, lines: text.split('\n') };
}

const faults = ({ lines }: Said) => lines.filter((line) => line.startsWith('✗'));

/** A Telegram whose methods answer as given; the rest as in a group that is in order. */
async function telegram(change: Record<string, object> = {}): Promise<Record<string, string>> {
  const results: Record<string, object> = {
    getMe: {
      id: BOT,
      is_bot: true,
      first_name: 'Sluice',
      username: 'sluice_bot',
      can_read_all_group_messages: false,
    },
    getWebhookInfo: { url: '', has_custom_certificate: false, pending_update_count: 0 },
    getChat: { id: GROUP, type: 'supergroup', title: 'Releases', permissions: { can_send_messages: true } },
    getChatMember: { status: 'member', user: { id: BOT, is_bot: true, first_name: 'Sluice' } },
    ...change,
  };
  const { url } = await scriptedServer(({ url }): Reply => {
    const result = results[url.split('/').at(-1) ?? ''];
    if (!result) return { json: { ok: false, error_code: 404, description: 'Not Found' }, status: 404 };
    if ('error_code' in result) return { json: { ok: false, ...result }, status: Number(result.error_code) };
    return { json: { ok: true, result } };
  });
  return { TELEGRAM_API_ROOT: url, TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_CHAT_ID: String(GROUP) };
}

const TEAM = {
  'sluice.yaml':
    'people:\n  - { id: 1, name: Ada, roles: [operator] }\n  - { id: 2, name: Ben, roles: [approver] }\n',
};

interface Google {
  readonly app?: Reply;
  /** Not granted on the project. */
  readonly lacks?: readonly string[];
  /** Granted on the bucket and on the service account. */
  readonly elsewhere?: readonly string[];
  readonly figures?: Reply;
}

const APP = {
  servingStatus: 'SERVING',
  codeBucket: 'staging.demo.appspot.com',
  serviceAccount: 'demo@appspot.test',
};

async function google({
  app,
  lacks = [],
  elsewhere = [],
  figures,
}: Google = {}): Promise<Record<string, string>> {
  const asked = (body: string) => (JSON.parse(body) as { permissions: string[] }).permissions;
  const { url } = await scriptedServer(({ url, body }): Reply => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const only = (all: string[]) => ({ json: { permissions: all.filter((one) => elsewhere.includes(one)) } });
    switch (pathname) {
      case '/v1/apps/demo':
        return app ?? { json: APP };
      case '/v1/apps/demo/services':
        return { json: { services: [{ name: 'apps/demo/services/default', id: 'default' }] } };
      case '/v1/projects/demo:testIamPermissions':
        return { json: { permissions: asked(body).filter((one) => !lacks.includes(one)) } };
      case '/storage/v1/b/staging.demo.appspot.com/iam/testPermissions':
        return only(searchParams.getAll('permissions'));
      case '/v1/projects/-/serviceAccounts/demo@appspot.test:testIamPermissions':
        return only(asked(body));
      case '/v3/projects/demo/timeSeries':
        return figures ?? { json: {} };
      default:
        return {
          json: { error: { code: 404, message: `No ${pathname} here.`, status: 'NOT_FOUND' } },
          status: 404,
        };
    }
  });
  const names = ['APPENGINE', 'MONITORING', 'LOGGING', 'CLOUDRESOURCEMANAGER', 'IAM'];
  return {
    GOOGLE_CLOUD_PROJECT: 'demo',
    ...Object.fromEntries(names.map((name) => [`CLOUDSDK_API_ENDPOINT_OVERRIDES_${name}`, `${url}/`])),
    CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE: `${url}/storage/v1/`,
  };
}

test('all is well in the sandbox', async () => {
  const folder = await tempFolder();
  const world = sluice(['sandbox'], folder, { SLUICE_PORT: '0', SLUICE_DATA_DIR: folder });
  await world.line(/SLUICE_SANDBOX/);
  const said = await doctor(exported(world.out()));
  world.child.kill('SIGINT');
  expect(said.lines.filter((line) => /^[✗–]/.test(line))).toEqual([]);
  for (const about of [
    'Configuration',
    'Plan',
    'Data folder',
    'Team',
    'Telegram',
    'Webhook',
    'Group',
    'Membership',
  ]) {
    expect(said.text).toContain(`✓ ${about}: `);
  }
  for (const about of ['Credentials', 'Project', 'Staging bucket', 'Services', 'Permissions', 'Monitoring']) {
    expect(said.text).toContain(`✓ ${about}: `);
  }
  expect(said.text).toMatch(/All is well\.\n$/);
  expect(said.code).toBe(0);
  expect(await world.ended()).toBe(0);
});

test('with nothing configured it says what that means', async () => {
  const said = await doctor({});
  expect(said.code).toBe(0);
  expect(said.text).toMatch(/– Telegram: no TELEGRAM_BOT_TOKEN/);
  expect(said.text).toMatch(/– Google: no GOOGLE_CLOUD_PROJECT/);
});

test('a configuration that cannot be read ends the examination', async () => {
  const said = await doctor({ SLUICE_PORT: 'eighty', SLUICE_SPEED: 'fast' });
  expect(said.code).toBe(1);
  expect(faults(said)).toEqual([
    '✗ Configuration: SLUICE_PORT should be a port from 0 to 65535, but is "eighty".',
    '✗ Configuration: SLUICE_SPEED should be a number from 0.1 to 3600, but is "fast".',
  ]);
});

test('a plan with a fault, and a data folder that is none', async () => {
  const said = await doctor({ SLUICE_DATA_DIR: 'file/data' }, { 'sluice.yaml': 'peopel: []\n', file: '' });
  expect(said.code).toBe(1);
  expect(faults(said)).toEqual([
    expect.stringMatching(/^✗ Plan: sluice\.yaml:1\b.*'peopel'/),
    expect.stringMatching(/^✗ Data folder: file\/data cannot be written \(ENOTDIR/),
  ]);
});

test('a group in order, and one that nobody has claimed', async () => {
  const env = await telegram();
  const inOrder = await doctor(env, TEAM);
  expect(faults(inOrder)).toEqual([]);
  expect(inOrder.text).toMatch(/✓ Team: the plan lists 2, and they can carry a release out\./);
  expect(inOrder.text).toMatch(/✓ Privacy: privacy mode is on/);

  const { TELEGRAM_CHAT_ID: _, ...unclaimed } = env;
  const said = await doctor(unclaimed);
  expect(said.code).toBe(1);
  expect(faults(said)).toEqual(['✗ Team: nobody is in it yet.', '✗ Group: it is not known yet.']);
});

test('a team that the chat keeps is read from the data folder', async () => {
  const { TELEGRAM_CHAT_ID: _, ...env } = await telegram();
  const stamp = { by: { id: 1, name: 'Ada' }, at: 0 };
  const claimed = { type: 'claimed', chat: GROUP, ...stamp, update: 1 };
  const record = { schema: 1, history: [claimed] };
  const said = await doctor(env, { 'data/team.json': JSON.stringify(record) });
  expect(faults(said)).toEqual([
    '✗ Team: nobody is operator, so nobody may start a release.',
    '✗ Team: nobody is approver, so nobody may let a release out.',
  ]);
  expect(said.text).toMatch(/✓ Group: “Releases” \(-1001\)/);
});

test.each([
  [
    'a token that is none',
    { getMe: { error_code: 401, description: 'Unauthorized' } },
    /✗ Telegram: the token .*is not/,
  ],
  [
    'a webhook',
    { getWebhookInfo: { url: 'https://hooks.example.com/secret', pending_update_count: 0 } },
    /✗ Webhook: one is set, at hooks\.example\.com: while it stands/,
  ],
  [
    'a chat that is not there',
    { getChat: { error_code: 400, description: 'Bad Request: chat not found' } },
    /✗ Group: -1001 cannot be reached \(getChat: 400 Bad Request: chat not found\)/,
  ],
  [
    'a group that has become a supergroup',
    {
      getChat: {
        error_code: 400,
        description: 'Bad Request: group chat was upgraded to a supergroup chat',
        parameters: { migrate_to_chat_id: -1002 },
      },
    },
    /✗ Group: -1001 has become a supergroup.*\n {4}Set TELEGRAM_CHAT_ID=-1002\./,
  ],
  [
    'a private chat',
    { getChat: { id: 5, type: 'private', first_name: 'Ada' } },
    /✗ Group: -1001 is a private chat/,
  ],
  [
    'a bot that was thrown out',
    { getChatMember: { status: 'kicked' } },
    /✗ Membership: .*not in the group \(kicked\)/,
  ],
  [
    'a bot that may not write',
    { getChatMember: { status: 'restricted', can_send_messages: false, can_send_photos: true } },
    /✗ Membership: .*may not send messages\./,
  ],
  [
    'a group where nobody may send photos',
    { getChat: { id: GROUP, type: 'supergroup', title: 'Quiet', permissions: { can_send_photos: false } } },
    /✗ Membership: .*may not send photos\./,
  ],
  [
    'a group where nobody may send documents',
    {
      getChat: { id: GROUP, type: 'supergroup', title: 'Quiet', permissions: { can_send_documents: false } },
    },
    /✗ Membership: .*may not send documents\./,
  ],
])('Telegram: %s', async (_, change: Record<string, object>, sentence) => {
  const said = await doctor(await telegram(change), TEAM);
  expect(said.code).toBe(1);
  expect(faults(said)).toHaveLength(1);
  expect(said.text).toMatch(sentence);
  expect(said.text).not.toContain('secret');
});

test('a Telegram that does not answer', async () => {
  const said = await doctor({ TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: 'http://127.0.0.1:9' }, TEAM);
  expect(faults(said)).toEqual([expect.stringMatching(/^✗ Telegram: no answer/)]);
});

test('roles granted on the bucket and the account alone are enough', async () => {
  const permissions = ['storage.objects.create', 'storage.objects.list', 'iam.serviceAccounts.actAs'];
  const said = await doctor(await google({ lacks: permissions, elsewhere: permissions }));
  expect(faults(said)).toEqual([]);
  expect(said.text).toMatch(/✓ Permissions/);
});

test('each missing role is named with the command that grants it', async () => {
  const said = await doctor(
    await google({
      lacks: ['appengine.services.update', 'storage.objects.create', 'iam.serviceAccounts.actAs'],
    }),
  );
  expect(said.code).toBe(1);
  expect(said.lines.filter((line) => /^✗|gcloud/.test(line))).toEqual([
    '✗ Permissions: roles/appengine.serviceAdmin is missing (appengine.services.update).',
    '    gcloud projects add-iam-policy-binding demo --member=user:YOUR_ADDRESS --role=roles/appengine.serviceAdmin',
    '✗ Permissions: roles/storage.objectAdmin is missing (storage.objects.create).',
    '    gcloud storage buckets add-iam-policy-binding gs://staging.demo.appspot.com --member=user:YOUR_ADDRESS --role=roles/storage.objectAdmin',
    '✗ Permissions: roles/iam.serviceAccountUser is missing (iam.serviceAccounts.actAs).',
    '    gcloud iam service-accounts add-iam-policy-binding demo@appspot.test --member=user:YOUR_ADDRESS --role=roles/iam.serviceAccountUser',
  ]);
});

test.each([
  [
    'no app',
    { app: fault(404, 'NOT_FOUND', "Could not find Application 'demo'.") },
    /✗ Project: .*Could not find Application 'demo'.*\n.*gcloud app create --project=demo/,
  ],
  [
    'an app that is switched off',
    { app: { json: { ...APP, servingStatus: 'USER_DISABLED' } } },
    /✗ Project: .*USER_DISABLED/,
  ],
  [
    'no staging bucket',
    { app: { json: { servingStatus: 'SERVING' } } },
    /✗ Staging bucket: .*\n.*app repair/,
  ],
  [
    'figures that may not be read',
    { figures: fault(403, 'PERMISSION_DENIED', 'Permission monitoring.timeSeries.list denied.') },
    /✗ Monitoring: .*monitoring\.timeSeries\.list denied/,
  ],
] satisfies [string, Google, RegExp][])('Google: %s', async (_, change, sentence) => {
  const said = await doctor(await google(change));
  expect(said.code).toBe(1);
  expect(faults(said)).toHaveLength(1);
  expect(said.text).toMatch(sentence);
});

test('the roles for cron jobs and routing are asked for only where there are some', async () => {
  const routing = await google({ lacks: ['appengine.applications.update'] });
  const services = { 'sluice.yaml': 'services:\n  default:\n    source: app\n' };
  expect(faults(await doctor(routing, services))).toEqual([]);
  expect(faults(await doctor(routing, { ...services, 'app/dispatch.yaml': 'dispatch: []' }))).toEqual([
    '✗ Permissions: roles/appengine.appAdmin is missing (appengine.applications.update).',
  ]);

  const env = await google({ lacks: ['cloudscheduler.jobs.create'] });
  const plan = { 'sluice.yaml': 'services:\n  default:\n    source: app\n' };
  expect(faults(await doctor(env, plan))).toEqual([]);
  const said = await doctor(env, { ...plan, 'app/cron.yaml': 'cron: []' });
  expect(faults(said)).toEqual([
    '✗ Permissions: roles/cloudscheduler.admin is missing (cloudscheduler.jobs.create).',
  ]);
  expect(said.text).toContain(
    '    gcloud projects add-iam-policy-binding demo --member=user:YOUR_ADDRESS --role=roles/cloudscheduler.admin',
  );
});

test('cron jobs and the ref are looked for in a repository', async () => {
  const { folder, git } = await repository();
  await mkdir(join(folder, 'apps/web'), { recursive: true });
  await writeFile(join(folder, 'apps/web/app.yaml'), 'runtime: nodejs22\n');
  await writeFile(join(folder, 'apps/web/cron.yaml'), 'cron: []\n');
  await git('add', '.');
  await git('commit', '-q', '-m', 'With cron jobs');
  const env = await google({ lacks: ['cloudscheduler.jobs.create'] });
  const plan = (source: string, ref: string) => ({
    'sluice.yaml': `services:\n  default: { repository: ${folder}, source: ${source}, ref: ${ref} }\n`,
  });
  const has = await doctor(env, plan('apps/web', 'main'));
  expect(has.text).toMatch(/✓ Repository: main of .* can be fetched, and is at [0-9a-f]{7}\./);
  expect(faults(has)).toEqual([
    '✗ Permissions: roles/cloudscheduler.admin is missing (cloudscheduler.jobs.create).',
  ]);
  expect(faults(await doctor(env, plan('apps', 'main')))).toEqual([]);
  expect(faults(await doctor(env, plan('apps/web', 'nonesuch')))).toEqual([
    `✗ Repository: ${folder} has no branch, tag or commit 'nonesuch', which the plan names for default.`,
  ]);
  await rename(folder, `${folder}-away`);
  expect(faults(await doctor(env, plan('apps/web', 'main')))).toEqual([
    expect.stringMatching(/^✗ Repository: Could not look main up: the repository .* is not there/),
  ]);
  await rename(`${folder}-away`, folder);
});

test('the right to delete versions is asked for only where the plan names what may be cleaned away', async () => {
  const env = await google({ lacks: ['appengine.versions.delete'] });
  expect(faults(await doctor(env))).toEqual([]);
  expect(faults(await doctor(env, { 'sluice.yaml': 'cleaning: { keep: 5 }\n' }))).toEqual([
    '✗ Permissions: roles/appengine.deployer is missing (appengine.versions.delete).',
  ]);
});

describe('the door for pipelines', () => {
  const token = 'a-token-that-is-thirty-two-letters';
  const open = (port: string) => ({ SLUICE_CONTROL_PORT: port, SLUICE_CONTROL_TOKEN: token });
  const said = ({ lines }: Said) => lines.filter((line) => line.includes(' Door: '));

  test('is free, or at an address that this machine does not have', async () => {
    expect(said(await doctor(open('0')))).toEqual([
      '✓ Door: 127.0.0.1:0 is free, and opens for pipelines when Sluice runs.',
    ]);
    // From a range that is for documents only (RFC 5737).
    const elsewhere = await doctor({ ...open('0'), SLUICE_CONTROL_HOST: '192.0.2.1' });
    expect(said(elsewhere)).toEqual(['✗ Door: this machine has no address 192.0.2.1 (EADDRNOTAVAIL).']);
  });

  test.each([
    [
      'a Sluice that runs',
      404,
      { refused: 'No rollout 0 is known here.' },
      /^✓ Door: Sluice answers at http/,
    ],
    ['one with another token', 401, { refused: 'The token is wrong.' }, /^✗ Door: .* takes another token\./],
    ['something else', 404, { error: 'Not found' }, /^✗ Door: something else than Sluice answers .* \(404\)/],
  ])('is held by %s', async (_, status, json, sentence) => {
    const { url, seen } = await scriptedServer(() => ({ status, json }));
    const { port } = new URL(url);
    expect(said(await doctor(open(port)))).toEqual([expect.stringMatching(sentence)]);
    expect(seen.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${token}`]);
    const caller = await doctor({ SLUICE_CONTROL_URL: url, SLUICE_CONTROL_TOKEN: token });
    expect(said(caller)).toEqual([expect.stringMatching(sentence)]);
    expect(caller.text).not.toContain(token);
  });

  test('is elsewhere, and nobody is there', async () => {
    const env = { SLUICE_CONTROL_URL: 'http://127.0.0.1:9', SLUICE_CONTROL_TOKEN: token };
    expect(said(await doctor(env))).toEqual([expect.stringMatching(/^✗ Door: nobody answers at http:/)]);
    expect(said(await doctor({ SLUICE_CONTROL_URL: 'http://127.0.0.1:9' }))).toEqual([
      expect.stringMatching(/^✗ Door: .*SLUICE_CONTROL_TOKEN is not set/),
    ]);
  });
});

test('a service that the plan names and the project lacks', async () => {
  const said = await doctor(await google(), { 'sluice.yaml': 'services:\n  worker: {}\n' });
  expect(faults(said)).toEqual(['✗ Services: the plan names worker, but the project has default.']);
});

test('no credentials', async () => {
  const said = await doctor({
    GOOGLE_CLOUD_PROJECT: 'demo',
    GOOGLE_APPLICATION_CREDENTIALS: '/no/such/key.json',
  });
  expect(said.code).toBe(1);
  expect(faults(said)).toEqual([expect.stringMatching(/^✗ Configuration: .*\/no\/such\/key\.json/)]);
});
