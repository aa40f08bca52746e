import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { panelOf, SHORT } from '../scenarios/stage.ts';
import { assembleTeam, liveSplit, type Team } from '../story/team.ts';
import { hasBrowser, keepPicture, openBrowser, openPage } from './browser.ts';
import { contrasts } from './contrast.ts';

const PATIENCE = { timeout: 90_000, interval: 300 };

describe.skipIf(!hasBrowser)('the control panel', () => {
  let team: Team;
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    [team, browser] = await Promise.all([assembleTeam(240, SHORT), openBrowser()]);
    url = team.sandbox.telegram?.url ?? '';
  });

  afterAll(async () => {
    await browser?.close();
    await team?.close();
  });

  it('plays a scenario, the whole release clicked through, to its end', async () => {
    const { page, faults } = await openPage(browser, url);
    page.setDefaultTimeout(90_000);
    const panel = page.getByRole('complementary', { name: 'Control panel' });
    await panel.getByRole('button', { name: /A clean release/ }).click();
    await panel.getByText('Ben answers three questions').waitFor();

    await page.getByRole('button', { name: '/deploy', exact: true }).click();
    for (const name of [/^The folder/, /^v2/, 'Start', 'Tick all']) await pressNewest(page, name);
    await page.getByText('from 0 % to 10 %?').first().waitFor();
    await page.getByRole('radio', { name: /Ben/ }).click();
    for (const percent of [10, 50, 100]) {
      const share = panel.getByRole('row', { name: /^v2/ }).getByText(`${percent} %`, { exact: true });
      const button = page.getByRole('main').getByRole('button', { name: `Promote to ${percent} %` });
      // Where the figures have changed by the tap, it is asked anew.
      await expect
        .poll(async () => {
          if ((await share.count()) > 0) return true;
          if ((await button.count()) > 0)
            await button
              .last()
              .click({ timeout: 5_000 })
              .catch(() => undefined);
          return false;
        }, PATIENCE)
        .toBe(true);
    }
    await panel.getByText('Ended as it should').waitFor();

    const versions = panel.getByRole('table').getByRole('row');
    await expect
      .poll(() => versions.allTextContents(), PATIENCE)
      .toEqual([
        expect.stringContaining('Version'),
        expect.stringMatching(/^v2.*100 %/),
        expect.stringMatching(/^v1.*0 %/),
      ]);
    expect(faults).toEqual([]);
    await page.close();
  });

  it('does to the world what its controls say', async () => {
    const { page, faults } = await openPage(browser, url);
    const panel = page.getByRole('complementary', { name: 'Control panel' });
    const becomes = async (what: () => Promise<unknown>, value: unknown) =>
      expect.poll(what, PATIENCE).toEqual(value);

    await panel.getByRole('button', { name: 'Night: nobody' }).click();
    await becomes(async () => (await panelOf(url)).load, { perSecond: 0 });
    await panel.getByRole('button', { name: /^Day/ }).click();
    await becomes(async () => (await panelOf(url)).load, { perSecond: 3 });
    await panel.getByRole('slider', { name: 'Requests per second' }).fill('7.5');
    await becomes(async () => (await panelOf(url)).load, { perSecond: 7.5 });
    await panel.getByRole('button', { name: '×5 for 10 min' }).click();
    await becomes(async () => (await panelOf(url)).load.burst?.times, 5);

    const troubles = panel.locator('section', { hasText: 'Troubles of a version' });
    await troubles.getByRole('combobox').selectOption('v1');
    await troubles.getByRole('slider', { name: 'Requests that fail' }).fill('20');
    await troubles.getByRole('slider', { name: 'Slower by' }).fill('400');
    await troubles.getByRole('button', { name: /Crash loop/ }).click();
    const unwell = { errors: 0.2, slow: { ms: 400, share: 1 }, crashEvery: 60_000 };
    await becomes(async () => troubleOf('v1'), unwell);
    await troubles.getByRole('button', { name: 'Well again' }).click();
    await becomes(async () => troubleOf('v1'), {});

    const hand = panel.locator('section', { hasText: 'A foreign hand' });
    await hand.getByRole('combobox').selectOption('v1');
    await hand.getByRole('slider').fill('25');
    await hand.getByRole('button', { name: 'Move the traffic' }).click();
    await becomes(async () => (await liveSplit(team)).v1, 0.25);
    await expect.poll(() => panel.getByRole('img', { name: /v1 25 %/ }).count(), PATIENCE).toBe(1);

    const stuck = panel.getByRole('button', { name: /Moves get stuck/ });
    await stuck.click();
    await becomes(async () => (await panelOf(url)).faults.map(({ kind }) => kind), ['operation-stuck']);
    await expect.poll(() => stuck.getAttribute('aria-pressed'), PATIENCE).toBe('true');
    await stuck.click();
    await becomes(async () => (await panelOf(url)).faults, []);

    // The team of a test runs its bot by itself.
    expect(await panel.getByRole('button', { name: 'Kill the bot here' }).isDisabled()).toBe(true);
    expect(faults).toEqual([]);
    await page.close();
  });

  it('pauses the clock, jumps, and goes on at the former speed', async () => {
    const { page } = await openPage(browser, url);
    const panel = page.getByRole('complementary', { name: 'Control panel' });
    const { clock } = team.sandbox;
    const former = clock.speed;
    await panel.getByRole('button', { name: 'Pause' }).click();
    await expect.poll(() => clock.speed, PATIENCE).toBe(0);
    const stood = clock.now();
    await panel.getByRole('button', { name: 'Jump 1 hour' }).click();
    await expect.poll(() => clock.now() - stood, PATIENCE).toBe(3_600_000);
    await panel.getByRole('button', { name: `Go on at ×${former}` }).click();
    await expect.poll(() => clock.speed, PATIENCE).toBe(former);
    await page.close();
  });

  const looks = [390, 1280].flatMap((width) =>
    (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
  );
  it.each(looks)('fits a width of $width in $colorScheme, legible, and gives way to Escape', async (look) => {
    const { width, colorScheme } = look;
    const { page, faults } = await openPage(browser, url, { viewport: { width, height: 844 }, colorScheme });
    const panel = page.getByRole('complementary', { name: 'Control panel' });
    const button = page.getByRole('button', { name: 'Control panel', exact: true });
    if (width === 390) await button.click();
    await panel.getByRole('table').waitFor();
    await keepPicture(page, `panel-${width}-${colorScheme}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
    expect(await panel.evaluate((box) => box.scrollWidth - box.clientWidth)).toBeLessThanOrEqual(0);
    // WCAG 2.2, 1.4.3; what cannot be pressed is exempt.
    expect((await contrasts(page)).filter(({ ratio }) => ratio < 4.5)).toEqual([]);
    await panel.getByRole('button', { name: 'Close the control panel' }).focus();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    expect(await button.getAttribute('aria-expanded')).toBe('false');
    expect(faults).toEqual([]);
    await page.close();
  });

  async function troubleOf(version: string) {
    const [service] = (await panelOf(url)).services;
    return service?.versions.find(({ id }) => id === version)?.trouble;
  }
});

/** Presses the newest button of the chat that has this name, as soon as there is one. */
async function pressNewest(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('main').getByRole('button', { name }).last().click();
}
