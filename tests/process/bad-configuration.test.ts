import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sluice, tempFolder } from './sluice.ts';

async function refusal(args: string[], env: Record<string, string>, plan?: string): Promise<string> {
  const folder = await tempFolder();
  if (plan !== undefined) await writeFile(join(folder, 'sluice.yaml'), plan);
  const process = sluice(args, folder, { SLUICE_PORT: '0', ...env });
  expect(await process.ended()).toBe(1);
  expect(process.out()).toBe('');
  return process.err();
}

test('each fault of the environment gets its sentence', async () => {
  const said = await refusal(['start'], {
    SLUICE_PORT: 'eighty',
    SLUICE_SPEED: '-1',
    LOG_LEVEL: 'loud',
    TELEGRAM_CHAT_ID: '@us',
    CLOUDSDK_API_ENDPOINT_OVERRIDES_APPENGINE: 'http://appengine.example.com/',
  });
  expect(said.trim().split('\n')).toEqual([
    'TELEGRAM_CHAT_ID should be the number of the group; /status there tells it, but is "@us".',
    'SLUICE_PORT should be a port from 0 to 65535, but is "eighty".',
    'SLUICE_SPEED should be a number from 0.1 to 3600, but is "-1".',
    'LOG_LEVEL should be one of trace, debug, info, warn, error, silent, but is "loud".',
    'CLOUDSDK_API_ENDPOINT_OVERRIDES_APPENGINE should be an address such as https://host/, or http:// for this machine alone, but is "http://appengine.example.com/".',
  ]);
});

test('a token that is none is never repeated', async () => {
  const said = await refusal(['start'], { TELEGRAM_BOT_TOKEN: 'my-secret-thing' });
  expect(said).toMatch(/^TELEGRAM_BOT_TOKEN should be the token that @BotFather gave you/);
  expect(said).not.toContain('my-secret-thing');
});

test('the bot alone says which half is missing', async () => {
  expect(await refusal(['run'], {})).toMatch(/^TELEGRAM_BOT_TOKEN is not set/);
  const token = { TELEGRAM_BOT_TOKEN: '123456:abcdefghijklmnop' };
  expect(await refusal(['run'], token)).toMatch(/^GOOGLE_CLOUD_PROJECT is not set/);
  const both = { ...token, GOOGLE_CLOUD_PROJECT: 'demo' };
  expect(await refusal(['run'], { ...both, SLUICE_SANDBOX: 'http://127.0.0.1:9' })).toMatch(
    /no sandbox answers there/,
  );
});

test.each([
  [
    'people:\n  - { id: 1, name: Ada, role: [operator] }\n',
    /^sluice\.yaml:2:5: 'people\.0\.roles' is missing: .*\nsluice\.yaml:2:25: 'people\.0\.role' is not a key of a plan\. Did you mean 'roles'\?\n$/,
  ],
  [
    'steps:\n  - traffic: 10 %\n  - traffic: 110 %\n',
    /^sluice\.yaml:3:14: 'steps\.1\.traffic' should be a share of the traffic above 0 % and up to 100 %.*but is "110 %"\.\n$/,
  ],
  [
    'steps:\n  - traffic: 10 %\n',
    /^sluice\.yaml:2:3: 'steps' should end with a step of 100 %, but ends with 10 %\.\n$/,
  ],
  [
    'shardBy: ip\nsteps:\n  - traffic: 12.5 %\n  - traffic: 100 %\n',
    /^sluice\.yaml:3:14: 'steps\.0\.traffic' should be whole per cent/,
  ],
  [
    'approval:\n  expires: soon\n',
    /^sluice\.yaml:2:12: 'approval\.expires' should be a duration such as 30m or 2h, but is "soon"\.\n$/,
  ],
  ['steps: [\n', /^sluice\.yaml:\d:\d+: not YAML: /],
])('a plan with a fault: %j', async (plan, sentence) => {
  expect(await refusal(['start'], {}, plan)).toMatch(sentence);
});

test('a plan that is asked for and is not there', async () => {
  expect(await refusal(['start'], { SLUICE_PLAN: 'other.yaml' })).toMatch(/^There is no plan at other\.yaml/);
});

test('an unknown command', async () => {
  expect(await refusal(['depoly'], {})).toMatch(/unknown command 'depoly'/);
});
