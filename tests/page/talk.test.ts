import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasBrowser, keepPicture, openBrowser, openPage } from './browser.ts';
import { chatId, openStage, type Stage } from './stage.ts';

describe.skipIf(!hasBrowser)('talking with the bot on the page', () => {
  let stage: Stage;
  let browser: Browser;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    [stage, browser] = await Promise.all([openStage(), openBrowser()]);
    ({ page, faults } = await openPage(browser, stage.url, {
      permissions: ['clipboard-read', 'clipboard-write'],
    }));
  });

  afterAll(async () => {
    await browser?.close();
    await stage?.close();
  });

  beforeEach(() => {
    faults.length = 0;
    return () => expect(faults).toEqual([]);
  });

  const input = () => page.getByRole('textbox');
  const bubbles = () => page.getByRole('article');
  const newest = () => bubbles().last();
  const button = (name: string) => page.getByRole('button', { name, exact: true }).last();

  async function say(text: string) {
    await input().fill(text);
    await input().press('Enter');
  }

  it('greets a newcomer by name and role, and says what to type', async () => {
    const log = page.getByRole('log');
    await log.getByText('You are Ada, the operator.').waitFor();
    await log.getByRole('button', { name: '/deploy' }).waitFor();
    await keepPicture(page, 'hint');
  });

  it('completes a command from the menu that the bot has set', async () => {
    await input().fill('/');
    const options = page.locator('#commands').getByRole('option');
    await options.nth(2).waitFor();
    expect(await options.allTextContents()).toEqual([
      '/deployTake a release through the gate',
      '/statusWhere every rollout stands',
      '/rollbackBack to the split before',
    ]);
    await input().press('ArrowDown');
    expect(await options.nth(1).getAttribute('aria-selected')).toBe('true');
    await keepPicture(page, 'commands');
    await input().press('Tab');
    expect(await input().inputValue()).toBe('/status ');

    await input().fill('/st');
    await options.first().waitFor();
    await input().press('Enter');
    await bubbles().filter({ hasText: 'Nothing is rolled out.' }).waitFor();
    expect(await input().inputValue()).toBe('');
    expect(await input().evaluate((box) => box === document.activeElement)).toBe(true);
  });

  it('sends a command that is tapped in a message', async () => {
    const before = await bubbles().count();
    await bubbles().getByRole('button', { name: '/status' }).first().click();
    await bubbles()
      .nth(before + 1)
      .waitFor();
    expect(await newest().textContent()).toContain('Nothing is rolled out.');
  });

  it('writes a line break with Shift+Enter and sends with Enter', async () => {
    await input().fill('');
    await input().pressSequentially('two');
    await input().press('Shift+Enter');
    await input().pressSequentially('lines');
    await input().press('Enter');
    await bubbles().filter({ hasText: 'two\nlines' }).waitFor();
  });

  it('shows the keyboard with its styles, its link and its copy button', async () => {
    await say('/deploy');
    await button('Promote').waitFor();
    expect(await button('Promote').getAttribute('data-style')).toBe('success');
    expect(await button('Roll back').getAttribute('data-style')).toBe('danger');
    expect(await page.getByRole('link', { name: 'Logs' }).getAttribute('href')).toBe(
      'https://logs.example/v2',
    );
    await button('Copy version').click();
    await page.getByText('Copied').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('v2');
  });

  it('shows a short answer as a toast and a weighty one as a dialog', async () => {
    await button('Toast').click();
    await page.getByRole('status').filter({ hasText: 'Noted' }).waitFor();

    await button('Roll back').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('You may not do this.').waitFor();
    await keepPicture(page, 'alert');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('turns the pressed button until the bot has answered', async () => {
    await button('Slow').click();
    await page.locator('[aria-busy=true]', { hasText: 'Slow' }).waitFor();
    stage.release();
    await page.getByRole('status').filter({ hasText: 'At last' }).waitFor();
    expect(await button('Slow').getAttribute('aria-busy')).toBe('false');
  });

  it('edits in place, marks it, and takes the buttons away', async () => {
    const before = await bubbles().count();
    await button('Promote').click();
    const edited = bubbles().filter({ hasText: 'Approved by Ada.' });
    await edited.waitFor();
    expect(await edited.textContent()).toContain('edited');
    expect(await edited.getByRole('button', { name: 'Promote' }).count()).toBe(0);
    expect(await bubbles().count()).toBe(before);
  });

  it('shows a photo with its caption, in full size on a click', async () => {
    await say('/photo');
    const photo = page.getByRole('button', { name: /^Photo: p95 of both/ });
    await photo.waitFor();
    await photo.click();
    const shown = page.getByRole('dialog').getByRole('img');
    await shown.waitFor();
    await expect.poll(() => shown.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(960);
    await page.getByRole('button', { name: 'Close' }).click();
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('offers a file for download, byte for byte', async () => {
    await say('/file');
    const link = page.getByRole('link', { name: 'Save logs.txt' });
    await link.waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe('one line\n'.repeat(200));
    expect(download.suggestedFilename()).toBe('logs.txt');
  });

  it('goes into reply mode when the bot asks this person, and leaves it with Escape', async () => {
    await say('/ask');
    await page.getByText('Reply to Sluice').waitFor();
    expect(await input().getAttribute('placeholder')).toBe('A reason');
    await input().press('Escape');
    expect(await page.getByText('Reply to Sluice').count()).toBe(0);
  });

  it('asks only the person it means', async () => {
    await say('/ask');
    await page.getByText('Reply to Sluice').waitFor();
    await page.getByRole('radio', { name: /Grace/ }).check();
    expect(await page.getByText('Reply to Sluice').count()).toBe(0);
    await page.getByRole('radio', { name: /Ada/ }).check();
    await page.getByText('Reply to Sluice').waitFor();
    await say('Because the errors doubled.');
    const answer = bubbles().filter({ hasText: 'Because the errors doubled.' });
    expect(await answer.textContent()).toContain('Why?');
    expect(await page.getByText('Reply to Sluice').count()).toBe(0);
  });

  it('replies to a chosen message, and the quote leads back to it', async () => {
    await bubbles().first().hover();
    await bubbles()
      .first()
      .getByRole('button', { name: /^Reply to/ })
      .click();
    await say('About that');
    const quote = newest().locator('.quote');
    await newest().getByText('About that').waitFor();
    await quote.click();
    await page.locator('article.flash').waitFor({ state: 'attached' });
    expect(await bubbles().first().getAttribute('class')).toContain('flash');
  });

  it('shows that the bot types', async () => {
    await say('/think');
    await page.getByText('Sluice is typing').waitFor();
  });

  it('shows what is said to one person to that person alone, and takes the tap on it', async () => {
    await page.getByRole('radio', { name: /Grace/ }).click();
    await say('/whisper');
    await page.getByText('Only you see this').waitFor();
    await button('Heard').click();
    await page.getByText('Noted').waitFor();
    await page.getByRole('radio', { name: /Ada/ }).click();
    await expect.poll(() => page.getByText('Between us.').count()).toBe(0);
    await page.getByRole('radio', { name: /Grace/ }).click();
    await page.getByText('Between us.').waitFor();
    await page.getByRole('radio', { name: /Ada/ }).click();
  });

  it('draws nested formats, quotes, code and spoilers, and no HTML of a user', async () => {
    await stage.bot.api.sendMessage(
      chatId,
      '👀 <b>bold <i>both</i></b> <code>code</code> <tg-spoiler>hidden</tg-spoiler>\n' +
        '<pre><code class="language-json">{}</code></pre><blockquote expandable>1\n2\n3\n4\n5\n6</blockquote>' +
        '<a href="https://a.example/">there</a>',
      { parse_mode: 'HTML', link_preview_options: { is_disabled: true } },
    );
    const bubble = bubbles().filter({ hasText: 'bold both' });
    await bubble.waitFor();
    expect(await bubble.locator('b > i').textContent()).toBe('both');
    expect(await bubble.locator('pre').getAttribute('data-language')).toBe('json');
    expect(await bubble.getByRole('link').getAttribute('href')).toBe('https://a.example/');
    expect(await bubble.getByText('hidden').isVisible()).toBe(false);
    await bubble.getByRole('button', { name: /Hidden text/ }).click();
    expect(await bubble.getByText('hidden').isVisible()).toBe(true);
    await bubble.getByRole('button', { name: 'Show more' }).click();
    expect(await bubble.getByRole('button', { name: 'Show less' }).getAttribute('aria-expanded')).toBe(
      'true',
    );

    await say('<img src=x onerror="document.title=1">');
    await bubbles().filter({ hasText: '<img src=x' }).waitFor();
    expect(await bubbles().locator('img[src=x]').count()).toBe(0);
  });

  it('keeps text that the server refused, and says why', async () => {
    await say('x'.repeat(4097));
    await page.locator('.toast[data-tone=error]').waitFor();
    expect((await input().inputValue()).length).toBe(4097);
    await input().fill('');
    // The browser itself logs the refused request.
    faults.length = 0;
  });
});
