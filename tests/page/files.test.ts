import { createCanvas } from '@napi-rs/canvas';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, keepPicture, openBrowser, openPage } from './browser.ts';
import { openStage, type Stage } from './stage.ts';

describe.skipIf(!hasBrowser)('files on the page', () => {
  let stage: Stage;
  let browser: Browser;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    [stage, browser] = await Promise.all([openStage({ admin: true }), openBrowser()]);
    ({ page, faults } = await openPage(browser, stage.url));
  });

  afterAll(async () => {
    expect(faults).toEqual([]);
    await browser?.close();
    await stage?.close();
  });

  const say = async (text: string) => {
    await page.getByRole('textbox').fill(text);
    await page.getByRole('textbox').press('Enter');
  };
  const attach = (name: string, mimeType: string, buffer: Buffer) =>
    page.getByLabel('Attach a photo or a file').setInputFiles({ name, mimeType, buffer });
  const png = createCanvas(320, 200).toBuffer('image/png');

  it('sends a photo with a caption, or the same as a file', async () => {
    await attach('chart.png', 'image/png', png);
    await page.getByRole('textbox').fill('p95 by hand');
    await keepPicture(page, 'attached');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText(`Got photo, ${png.length} bytes: p95 by hand`).waitFor();
    expect(await page.getByText('As a file').count()).toBe(0);
    const shown = page.getByRole('button', { name: /^Photo: p95 by hand/ });
    await shown.waitFor();

    await attach('chart.png', 'image/png', png);
    await page.getByLabel('As a file').check();
    await page.getByRole('textbox').press('Enter');
    await page.getByText(`Got chart.png, ${png.length} bytes: no caption`).waitFor();
  });

  it('sends a document in reply to a question, or leaves it', async () => {
    await say('/ask');
    await page.getByText('Reply to Sluice').waitFor();
    await attach('lint.txt', 'text/plain', Buffer.from('0 problems\n'));
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('Got lint.txt, 11 bytes: no caption').waitFor();
    await expect
      .poll(() => page.locator('.row-mine').last().locator('.quote').textContent())
      .toContain('Why?');

    await attach('wrong.txt', 'text/plain', Buffer.from('x'));
    await page.getByRole('button', { name: 'Do not send wrong.txt' }).click();
    expect(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
  });

  it('gives a file back that the server refuses', async () => {
    const { page: other } = await openPage(browser, stage.url);
    await other
      .getByLabel('Attach a photo or a file')
      .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('no image') });
    await other.getByRole('textbox').fill('look');
    await other.getByRole('textbox').press('Enter');
    await other.getByText('Send it as a document instead').waitFor();
    await other.getByLabel('As a file').waitFor();
    expect(await other.getByRole('textbox').inputValue()).toBe('look');
    await other.close();
  });

  it('opens a report in a tab of its own, where it has no rights at all', async () => {
    await say('/report');
    const link = page.getByRole('link', { name: 'Open report.html' });
    await link.waitFor();
    const [tab] = await Promise.all([page.waitForEvent('popup'), link.click()]);
    await tab.getByRole('heading', { name: 'Rollout of v2' }).waitFor();
    const seen = await tab.evaluate(() => ({
      origin,
      title: document.title,
      opener: opener === null,
      colour: getComputedStyle(document.querySelector('h1') ?? document.body).color,
      chart: document.querySelector('img')?.naturalWidth,
    }));
    expect(seen).toEqual({ origin: 'null', title: '', opener: true, colour: 'rgb(7, 102, 143)', chart: 1 });
    await tab.close();
  });

  it('saves a calendar file under its name', async () => {
    await say('/review');
    const link = page.getByRole('link', { name: 'Save review.ics' });
    await link.waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    expect(download.suggestedFilename()).toBe('review.ics');
    await keepPicture(page, 'files');
  });

  it('fits a phone in the dark', async () => {
    const { page: phone } = await openPage(browser, stage.url, {
      viewport: { width: 390, height: 844 },
      colorScheme: 'dark',
    });
    await phone
      .getByLabel('Attach a photo or a file')
      .setInputFiles({ name: 'a-rather-long-name-of-a-chart.png', mimeType: 'image/png', buffer: png });
    await keepPicture(phone, 'attached-phone-dark');
    expect(await phone.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
    await phone.close();
  });
});
