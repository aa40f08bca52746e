import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, keepPicture, openBrowser, openPage } from './browser.ts';
import { contrasts } from './contrast.ts';
import { ada, chatId, grace, openStage, type Stage } from './stage.ts';

describe.skipIf(!hasBrowser)('the look of the page', () => {
  let stage: Stage;
  let browser: Browser;

  beforeAll(async () => {
    [stage, browser] = await Promise.all([openStage(), openBrowser()]);
    await tellAStory(stage);
  });

  afterAll(async () => {
    await browser?.close();
    await stage?.close();
  });

  const widths = [
    { name: 'phone', viewport: { width: 390, height: 844 } },
    { name: 'desktop', viewport: { width: 1280, height: 860 } },
  ];
  const looks = widths.flatMap((w) =>
    (['light', 'dark'] as const).map((colorScheme) => ({ ...w, colorScheme })),
  );

  it.each(looks)(
    'fits a $name in $colorScheme, everything legible and within reach',
    async ({ name, ...look }) => {
      const { page, faults } = await openPage(browser, stage.url, look);
      await page.getByRole('article').last().waitFor();
      await keepPicture(page, `${name}-${look.colorScheme}`);

      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      for (const control of await page
        .getByRole('main')
        .getByRole('button', { name: /Promote|Roll back|Send/ })
        .all()) {
        const box = await control.boundingBox();
        expect(box?.height).toBeGreaterThanOrEqual(40);
        expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(look.viewport.width);
      }
      // WCAG 2.2, 1.4.3: 4.5 to 1 for text of this size.
      const faint = (await contrasts(page)).filter((c) => c.ratio < 4.5);
      expect(faint).toEqual([]);
      expect(faults).toEqual([]);
      await page.close();
    },
  );

  it('changes its colours by hand and keeps them over a reload', async () => {
    const { page } = await openPage(browser, stage.url, { colorScheme: 'light' });
    const backdrop = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await backdrop();
    await page.getByRole('button', { name: 'Use dark colours' }).click();
    const dark = await backdrop();
    expect(dark).not.toBe(light);
    await page.reload();
    await page.getByRole('button', { name: 'Use light colours' }).waitFor();
    expect(await backdrop()).toBe(dark);
    await page.close();
  });

  it('switches the person by keyboard, remembers it in this tab, and keeps each draft', async () => {
    const { page } = await openPage(browser, stage.url);
    const input = page.getByRole('textbox');
    await input.fill("Ada's thought");
    await page.getByRole('radio', { name: /Ada/ }).focus();
    await page.keyboard.press('ArrowDown');
    expect(await page.getByRole('radio', { name: /Grace/ }).isChecked()).toBe(true);
    expect(await input.inputValue()).toBe('');
    expect(await page.locator('.row-mine').first().textContent()).toContain('board');
    await page.keyboard.press('ArrowUp');
    expect(await input.inputValue()).toBe("Ada's thought");

    await page.getByRole('radio', { name: /Grace/ }).click();
    expect(await input.evaluate((box) => box === document.activeElement)).toBe(true);
    await page.reload();
    await page.getByRole('radio', { name: /Grace/ }).waitFor();
    expect(await page.getByRole('radio', { name: /Grace/ }).isChecked()).toBe(true);
    await page.close();
  });

  it('reaches every kind of control with the Tab key', async () => {
    const { page } = await openPage(browser, stage.url);
    await page.getByRole('article').last().waitFor();
    const reached = new Set<string>();
    for (let i = 0; i < 60; i += 1) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate(nameOfFocus));
    }
    for (const expected of ['person', 'log-scroller', 'key', 'reply-button', 'textarea', 'quiet']) {
      expect([...reached]).toContain(expected);
    }
    await page.close();
  });

  it('shows the clock of the sandbox, in its speed', async () => {
    const { page } = await openPage(browser, stage.url);
    const clock = page.getByRole('timer');
    const speed = page.getByRole('combobox', { name: /speed/i });
    expect(await speed.inputValue()).toBe('30');
    const before = await clock.textContent();
    await expect.poll(() => clock.textContent(), { timeout: 10_000 }).not.toBe(before);
    expect(await speed.locator('option').allTextContents()).toEqual(['×1', '×30', '×60', '×600', '×3600']);
    await page.close();
  });

  it('sets the clock to another speed, which every page hears of', async () => {
    const { page, faults } = await openPage(browser, stage.url);
    const { page: other } = await openPage(browser, stage.url);
    await page.getByRole('combobox', { name: /speed/i }).selectOption('×3600');
    await expect.poll(() => other.getByRole('combobox').inputValue()).toBe('3600');
    const day = other.locator('.clock-date');
    const before = await day.textContent();
    await expect.poll(() => day.textContent(), { timeout: 60_000 }).not.toBe(before);
    await other.getByRole('combobox').selectOption('×60');
    await expect.poll(() => page.getByRole('combobox').inputValue()).toBe('60');
    expect(faults).toEqual([]);
    await Promise.all([page.close(), other.close()]);
  });
});

/** What is under the focus: the class or the tag of it. Runs in the page. */
function nameOfFocus(): string {
  const focus = document.activeElement ?? document.body;
  if (focus instanceof HTMLInputElement) return focus.closest('label')?.className ?? 'input';
  return focus.className.split(' ')[0] || focus.tagName.toLowerCase();
}

async function tellAStory(stage: Stage): Promise<void> {
  const say = (user_id: number, text: string) =>
    fetch(`${stage.url}/_user/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ chat_id: chatId, user_id, text }),
    });
  await say(grace.id, 'Release train today? I have the board open.');
  await say(ada.id, 'Yes. Slow gate, as always.');
  await stage.bot.api.sendMessage(
    chatId,
    '<b>Rollout of v2 to default</b>\nDeployed without traffic, verified in 41 s.\n' +
      '<pre>v1  90 %  ██████████████████\nv2  10 %  ██</pre>\n' +
      'Window <b>18 of 30 min</b>, verdict <b>good</b>\n' +
      '<blockquote expandable>12:01 uploaded 34 files\n12:02 version created, no traffic\n' +
      '12:02 GET /health 200 in 38 ms, 3 of 3\n12:04 Grace approved 10 %\n12:04 split v1 90 %, v2 10 %</blockquote>',
    { parse_mode: 'HTML' },
  );
  await stage.bot.api.sendMessage(
    chatId,
    '<b>default: v2 from 10 % to 50 %?</b>\n30 minutes at 10 %: <b>good</b>. Errors 0.12 % against 0.10 %, ' +
      'p95 184 ms against 181 ms.\n<i>Yes</i>: half of the traffic to v2. <i>No</i>: it stays at 10 %.\n' +
      'Asked by Ada. See /status or <a href="https://a.example/">the notes</a> of <code>v2</code>.',
    {
      parse_mode: 'HTML',
      reply_markup: {
        inline_keyboard: [
          [
            { text: 'Promote to 50 %', callback_data: 'edit', style: 'success' },
            { text: 'Hold 15 min', callback_data: 'toast' },
          ],
          [
            { text: 'Roll back', callback_data: 'alert', style: 'danger' },
            { text: 'Refresh', callback_data: 'slow', style: 'primary' },
          ],
        ],
      },
    },
  );
  await say(ada.id, 'Your gate, @grace.');
}
