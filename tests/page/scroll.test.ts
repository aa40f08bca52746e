import pLimit from 'p-limit';
import pRetry from 'p-retry';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, openBrowser, openPage } from './browser.ts';
import { ada, chatId, linus, openStage, type Stage } from './stage.ts';

const MANY = 5000;

describe.skipIf(!hasBrowser)(`a chat of ${MANY} messages`, () => {
  let stage: Stage;
  let browser: Browser;
  let page: Page;
  let oldCard: number;

  beforeAll(async () => {
    [stage, browser] = await Promise.all([openStage(), openBrowser()]);
    const card = await stage.bot.api.sendMessage(chatId, 'The oldest card');
    oldCard = card.message_id;
    const queue = pLimit(8);
    await Promise.all(
      [...Array(MANY).keys()].map((i) => queue(() => say(linus.id, `Message ${i}, long enough to be read.`))),
    );
    ({ page } = await openPage(browser, stage.url));
    await bubbles().last().waitFor();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await stage?.close();
  });

  const bubbles = () => page.locator('article');
  const fromBottom = () =>
    page.locator('.log-scroller').evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
  /** The first bubble that is in sight, and where it stands. */
  const inSight = () =>
    page.evaluate(() => {
      const view = document.querySelector('.log-scroller')?.getBoundingClientRect();
      for (const bubble of document.querySelectorAll('article')) {
        const { top } = bubble.getBoundingClientRect();
        if (view !== undefined && top >= view.top && top < view.bottom) return { id: bubble.id, top };
      }
      throw new Error('No bubble is in sight.');
    });

  /** Browsers hold the place to the whole pixel. */
  async function expectSame(reading: { id: string; top: number }) {
    const now = await inSight();
    expect(now.id).toBe(reading.id);
    expect(Math.abs(now.top - reading.top)).toBeLessThanOrEqual(1);
  }

  async function say(user_id: number, text: string) {
    const answer = await fetch(`${stage.url}/_user/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ chat_id: chatId, user_id, text }),
    });
    if (!answer.ok) throw new Error(`The server refused: ${await answer.text()}`);
  }

  it('draws only the end of it, and stands at the newest', async () => {
    expect(await bubbles().count()).toBeLessThan(300);
    await expect.poll(fromBottom).toBeLessThan(2);
  });

  it('changes one bubble for one edit', async () => {
    const { message_id } = await stage.bot.api.sendMessage(chatId, 'A card: 1');
    await page.getByText('A card: 1').waitFor();
    await page.evaluate(() => {
      const touched = new Set<string>();
      Object.assign(window, { touched });
      new MutationObserver((changes) => {
        for (const { target } of changes) {
          const element = target instanceof Element ? target : target.parentElement;
          touched.add(element?.closest('article')?.id ?? `outside: ${element?.className}`);
        }
      }).observe(document.querySelector('.log-content') ?? document.body, {
        subtree: true,
        childList: true,
        characterData: true,
        attributes: true,
      });
    });
    await stage.bot.api.editMessageText(chatId, message_id, 'A card: 2');
    await page.getByText('A card: 2').waitFor();
    const touched = await page.evaluate(() => [...(window as unknown as { touched: Set<string> }).touched]);
    expect(touched).toEqual([`message-${message_id}`]);
  });

  it('stays at the newest while messages come and the last one grows', async () => {
    const { message_id } = await stage.bot.api.sendMessage(chatId, 'short');
    await bubbles().filter({ hasText: 'short' }).waitFor();
    await expect.poll(fromBottom).toBeLessThan(2);
    await stage.bot.api.editMessageText(chatId, message_id, `grown${'\nline'.repeat(30)}`);
    await page.getByText('grown').waitFor();
    await expect.poll(fromBottom).toBeLessThan(2);
  });

  it('counts what is new while the reader is further up, and leads there', async () => {
    await scrollBy(-2000);
    await page.getByRole('button', { name: 'To the newest' }).waitFor();
    const reading = await inSight();
    await say(linus.id, 'One more');
    await say(linus.id, 'And another');
    const pill = page.getByRole('button', { name: '2 new messages' });
    await pill.waitFor();
    await expectSame(reading);
    await pill.click();
    await expect.poll(fromBottom).toBeLessThan(2);
    expect(await page.locator('.pill').count()).toBe(0);
  });

  it('does not move what is being read when a message above it is edited', async () => {
    const { message_id } = await stage.bot.api.sendMessage(chatId, 'A living card');
    for (let i = 0; i < 30; i += 1) await say(linus.id, `After the card ${i}.`);
    await page.getByText('After the card 29.').waitFor();
    await scrollBy(-300);
    const reading = await inSight();
    await stage.bot.api.editMessageText(chatId, message_id, `A living card${'\nwith more lines'.repeat(12)}`);
    await expect.poll(() => bubbles().filter({ hasText: 'with more lines' }).count()).toBe(1);
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    await expectSame(reading);
  });

  it('draws older messages as the reader comes near, in place', async () => {
    const before = await bubbles().count();
    await page.locator('.log-scroller').evaluate((box) => box.scrollTo({ top: 0 }));
    await expect.poll(() => bubbles().count()).toBeGreaterThan(before);
    expect(await page.locator('.log-scroller').evaluate((box) => box.scrollTop)).toBeGreaterThan(500);
  });

  it('leads from a quote to a message that was not drawn yet', async () => {
    await stage.bot.api.sendMessage(chatId, 'About the oldest', {
      reply_parameters: { message_id: oldCard },
    });
    await say(ada.id, 'Back to the newest');
    await page.getByText('About the oldest').waitFor();
    await bubbles().filter({ hasText: 'About the oldest' }).locator('.quote').click();
    await expect.poll(() => page.locator(`#message-${oldCard}`).count()).toBe(1);
    await expect
      .poll(() => page.locator(`#message-${oldCard}`).evaluate((b) => b.getBoundingClientRect().top))
      .toBeLessThan(860);
  });

  it('catches up after the server was away', async () => {
    await page.locator('.pill').click();
    await stage.bot.stop();
    await stage.restart();
    // The first try may go out on a connection that died with the old server.
    await pRetry(() => say(linus.id, 'Said while nobody listened'), { minTimeout: 50 });
    await page.getByText('Said while nobody listened').waitFor();
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    expect(await page.getByText('Said while nobody listened').count()).toBe(1);
  });

  async function scrollBy(pixels: number) {
    const box = page.locator('.log-scroller');
    const before = await box.evaluate((b) => b.scrollTop);
    await box.evaluate((b, by) => b.scrollBy({ top: by }), pixels);
    await expect.poll(() => box.evaluate((b) => b.scrollTop)).not.toBe(before);
    await page.locator('.pill').waitFor();
  }
});
