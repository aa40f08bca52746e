/**
 * Takes the pictures of the flight simulator for the README, a release that burns slowly and is found bad, at both widths and
 * in both lights; and for the guide those of its question, and of a sound release's. `npm run build` first, then
 * `npx tsx scripts/take-pictures.ts`. It takes about four minutes.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Page } from 'playwright-core';

const ROOT = new URL('../', import.meta.url).pathname;
const PICTURES = join(ROOT, 'docs/pictures');
const CHROMIUM = [process.env.CHROMIUM, '/usr/bin/chromium'].find((path) => path && existsSync(path));
const LOOKS = [
  { name: 'simulator-desktop', viewport: { width: 1280, height: 860 }, deviceScaleFactor: 1 },
  { name: 'simulator-phone', viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 },
];

const PLAN = `
version: "v2-{time}"
services: { default: { source: ./app } }
checklist: []
validation: { checks: [bucket] }
`;

if (!CHROMIUM)
  throw new Error('The pictures are taken by Chromium. Install it, or name its program in CHROMIUM.');
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
try {
  await play('slow-burn', async (page) => {
    await page.getByText('looks bad. Roll back').first().waitFor();
    await takeQuestion(page, 'looks bad. Roll back', 'bad-verdict');
    await takeSimulator(page.url());
  });
  await play('clean-release', (page) => takeQuestion(page, 'from 10 % to 50 %?', 'question'));
} finally {
  await browser.close();
}

/** Plays a scenario up to the yes to 10 %, on a phone. */
async function play(scenario: string, then: (page: Page) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-pictures-'));
  const { sluice, url } = await startSluice(folder, scenario);
  try {
    const page = await browser.newPage({
      viewport: { width: 430, height: 1_400 },
      deviceScaleFactor: 2,
      colorScheme: 'light',
      locale: 'en-GB',
    });
    page.setDefaultTimeout(180_000);
    await page.goto(url);
    await release(page);
    await then(page);
    await page.close();
  } finally {
    sluice.kill('SIGINT');
    await once(sluice, 'exit');
    await rm(folder, { recursive: true, force: true });
  }
}

async function takeQuestion(page: Page, words: string, name: string): Promise<void> {
  const question = page.getByRole('article').filter({ hasText: words }).last();
  await question.waitFor();
  await page.waitForTimeout(1_500);
  await question.screenshot({ path: join(PICTURES, `${name}.png`), animations: 'disabled' });
}

async function takeSimulator(url: string): Promise<void> {
  for (const { name, ...look } of LOOKS) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const shot = await browser.newPage({ ...look, colorScheme, locale: 'en-GB' });
      await shot.goto(url);
      await shot.getByRole('radio', { name: /Ben/ }).click();
      await shot.getByText('looks bad. Roll back').last().waitFor();
      // The panel is told of the world a second after it has come.
      await shot.waitForTimeout(1_500);
      await shot.screenshot({ path: join(PICTURES, `${name}-${colorScheme}.png`), animations: 'disabled' });
      await shot.close();
    }
  }
}

/** The bot and the stand-ins, with a copy of the sample whose only troubles are those of the scenario. */
async function startSluice(cwd: string, scenario: string): Promise<{ sluice: ChildProcess; url: string }> {
  await cp(join(ROOT, 'examples/signals'), join(cwd, 'app'), { recursive: true });
  const manifest = join(cwd, 'app/app.yaml');
  await writeFile(manifest, (await readFile(manifest, 'utf8')).replace('STEADY: "0"', 'STEADY: "1"'));
  await writeFile(join(cwd, 'sluice.yaml'), PLAN);
  const child = spawn(process.execPath, [join(ROOT, 'dist/cli.js'), 'start', '--scenario', scenario], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, SLUICE_PORT: '0', SLUICE_DATA_DIR: cwd, SLUICE_SPEED: '60' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const found = /http:\/\/\S+/.exec(line)?.[0];
    if (found) return { sluice: child, url: found };
  }
  throw new Error('Sluice ended before it said where its page is.');
}

async function release(page: Page): Promise<void> {
  const press = (name: string | RegExp) =>
    page.getByRole('main').getByRole('button', { name }).last().click();
  await page.getByRole('button', { name: '/deploy', exact: true }).click();
  await press(/^The folder/);
  await press(/^v2/);
  await press('Start');
  await page.getByText('from 0 % to 10 %?').first().waitFor();
  await page.getByRole('radio', { name: /Ben/ }).click();
  await press('Promote to 10 %');
}
