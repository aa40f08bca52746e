import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sluice, tempFolder } from './sluice.ts';

async function ran(folder: string, ...args: string[]) {
  const process = sluice(args, folder);
  const code = await process.ended();
  return { code, out: process.out(), err: process.err() };
}

test('from an app.yaml to a plan that holds', async () => {
  const folder = await tempFolder();
  await mkdir(join(folder, 'apps', 'web'), { recursive: true });
  await writeFile(join(folder, 'apps', 'web', 'app.yaml'), 'runtime: nodejs20\nservice: web\n');

  const made = await ran(folder, 'init', 'apps/web');
  expect(made).toMatchObject({ code: 0, err: '' });
  expect(made.out).toContain('Wrote sluice.yaml: web is released from apps/web');
  expect(made.out).toContain("who may do what under its 'people'");
  const plan = await readFile(join(folder, 'sluice.yaml'), 'utf8');
  const schema = await readFile(join(folder, 'sluice.schema.json'), 'utf8');
  expect((await ran(folder, 'plan', 'schema')).out).toBe(schema);

  const checked = await ran(folder, 'plan', 'check');
  expect(checked.code).toBe(0);
  expect(checked.out).toMatch(/^sluice\.yaml is sound: a release of web goes .*\n$/);
  expect(checked.err).toMatch(/^sluice\.yaml:\d+:1: note: 'people' names nobody, .*\n$/);

  const again = await ran(folder, 'init', 'apps/web/app.yaml');
  expect(again).toMatchObject({ code: 1, out: '' });
  expect(again.err).toMatch(/^sluice\.yaml is here already and stays as it is\./);
  expect(again.err).toContain('web: { source: apps/web }');
  expect(await readFile(join(folder, 'sluice.yaml'), 'utf8')).toBe(plan);

  const shown = await ran(folder, 'plan', 'show');
  await writeFile(join(folder, 'shown.yaml'), shown.out);
  const same = await ran(folder, 'plan', 'check', 'shown.yaml');
  expect(same.out).toBe(checked.out.replace('sluice.yaml', 'shown.yaml'));
  expect((await ran(folder, 'plan', 'show', 'shown.yaml')).out).toBe(
    shown.out.replace('# sluice.yaml,', '# shown.yaml,'),
  );
});

test('a first plan makes use of what the folder has', async () => {
  const folder = await tempFolder();
  await writeFile(join(folder, 'app.yaml'), 'runtime: nodejs20\n');
  await writeFile(join(folder, 'cron.yaml'), 'cron: []\n');
  await writeFile(join(folder, 'package.json'), '{ "scripts": { "test": "node --test" } }\n');
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
    [...identity, 'commit', '-q', '-m', 'begin'],
  ]) {
    execFileSync('git', args, { cwd: folder });
  }

  const { code, out } = await ran(folder, 'init');
  expect(code).toBe(0);
  expect(out).toContain('Version ids are made of the date and the commit.');
  expect(out).toContain('The cron jobs of its cron.yaml go out with it.');
  expect(out).toContain('The checklist runs npm test.');
  const plan = await readFile(join(folder, 'sluice.yaml'), 'utf8');
  expect(plan).toContain('\nversion: v{date}-{git}\n');
  expect(plan).toContain('\n    cron: cron.yaml\n');
  expect(plan).toContain('run: npm test');
});

test('all faults at once, for plan check and start alike', async () => {
  const folder = await tempFolder();
  await writeFile(join(folder, 'sluice.yaml'), 'step: []\nshardBy: IP\napproval: { needed: 0 }\n');
  const sentences = [
    "sluice.yaml:1:1: 'step' is not a key of a plan. Did you mean 'steps'?",
    'sluice.yaml:2:10: \'shardBy\' should be random, cookie or ip, but is "IP".',
    "sluice.yaml:3:21: 'approval.needed' should be a whole number from 1 on, but is 0.",
  ];
  for (const args of [['plan', 'check'], ['plan', 'show'], ['start']]) {
    expect(await ran(folder, ...args)).toEqual({ code: 1, out: '', err: `${sentences.join('\n')}\n` });
  }
});

test('files that are no plan', async () => {
  const folder = await tempFolder();
  await writeFile(join(folder, 'latin1.yaml'), Buffer.from('checklist: [{ title: caf\xe9 }]\n', 'latin1'));
  await mkdir(join(folder, 'folder.yaml'));
  expect((await ran(folder, 'plan', 'check', 'latin1.yaml')).err).toBe(
    'The plan latin1.yaml is not UTF-8 text: save it as UTF-8.\n',
  );
  expect((await ran(folder, 'plan', 'check', 'folder.yaml')).err).toMatch(
    /^The plan folder\.yaml cannot be read/,
  );
  expect((await ran(folder, 'plan', 'check', 'none.yaml')).err).toMatch(/^There is no plan at none\.yaml/);
  expect(await ran(folder, 'plan', 'check')).toMatchObject({
    code: 0,
    err: '',
    out: expect.stringMatching(/^There is no sluice\.yaml here, so the built-in plan holds: /),
  });
  expect((await ran(folder, 'init')).err).toMatch(/^There is no app\.yaml in \.:/);
});
