import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { report } from '../../src/bot/report/report.ts';
import { renderChart } from '../../src/monitor/chart.ts';
import { hasBrowser, openBrowser } from '../page/browser.ts';
import { fullJournal } from './journal.ts';

describe.skipIf(!hasBrowser)('the report in a browser', () => {
  let browser: Browser;
  let folder: string;
  let url: string;

  beforeAll(async () => {
    browser = await openBrowser();
    folder = await mkdtemp(join(tmpdir(), 'sluice-report-'));
    const path = join(folder, 'report.html');
    const change = { at: 0, label: 'from here' };
    const window = { title: 'default', from: 0, to: 60_000, change, canary: 'v2', baseline: 'v1' };
    const png = await renderChart({ ...window, points: [] });
    await writeFile(path, report(fullJournal(), [{ step: 0, title: 'Minute by minute', png }]));
    url = pathToFileURL(path).href;
  });

  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  test.each([
    ['a wide screen', { viewport: { width: 1280, height: 800 } }],
    ['a phone', { viewport: { width: 320, height: 640 } }],
    ['a dark room', { viewport: { width: 800, height: 800 }, colorScheme: 'dark' as const }],
  ])(
    'it is whole on %s: nothing fetched, nothing refused, nothing to be scrolled sideways',
    async (_, options) => {
      const page = await browser.newPage({ ...options, offline: true });
      const asked: string[] = [];
      const faults: string[] = [];
      page.on('request', (request) => {
        if (!request.url().startsWith('data:')) asked.push(request.url());
      });
      page.on('console', (line) => faults.push(line.text()));
      page.on('pageerror', (error) => faults.push(error.message));
      await page.goto(url);
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      const shown = await page.evaluate(() => ({
        wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        pictures: [...document.images].map((image) => image.naturalWidth > 0),
        charts: [...document.querySelectorAll('svg')].map((svg) => svg.getBoundingClientRect().width > 200),
        paper: getComputedStyle(document.body).backgroundColor,
      }));
      expect(shown.wide).toBeLessThanOrEqual(0);
      expect(shown.pictures).toEqual([true]);
      expect(shown.charts).toEqual([true, true]);
      expect(shown.paper).toBe('colorScheme' in options ? 'rgb(20, 25, 31)' : 'rgb(255, 255, 255)');
      expect(asked).toEqual([url]);
      expect(faults).toEqual([]);
      await page.close();
    },
  );

  test('on paper the journal is unfolded', async () => {
    const page = await browser.newPage({ viewport: { width: 690, height: 900 } });
    await page.goto(url);
    const last = page.locator('.journal tbody tr').last();
    const bottom = async () => (await last.boundingBox())?.height ?? 0;
    expect(await bottom()).toBe(0);
    await page.emulateMedia({ media: 'print' });
    expect(await bottom()).toBeGreaterThan(0);
    await page.close();
  });
});
