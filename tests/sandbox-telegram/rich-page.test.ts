import { Bot } from 'grammy';
import { expect, onTestFinished, test } from 'vitest';
import { startLocalTelegram } from '../../src/sandbox/telegram/library.ts';
import { hasBrowser, keepPicture, openBrowser, openPage } from '../page/browser.ts';
import { polling } from './support.ts';

const CARD = `# default: v1 to **50 %**

- [x] Backup
- [ ] Gate

| Metric | v1 | v2 |
|:-------|---:|---:|
| p95    | 181 ms | **184 ms** |
| errors | 0.10 % | 0.12 % |

> Asked by Ada

<details><summary>Log</summary>

1. uploaded \`app.yaml\`
2. see https://example.org/a

</details>

\`\`\`sh
gcloud app deploy --no-promote
\`\`\`
<tg-button-row align="center">
<tg-button type="callback_data" data="go" style="success">Promote</tg-button>
<tg-button type="disabled">Hold</tg-button>
</tg-button-row>`;

test.skipIf(!hasBrowser)(
  'the page draws a rich message, greys out what is disabled, and shows its receiver a whisper',
  async () => {
    const server = await startLocalTelegram();
    onTestFinished(() => server.close());
    const { url, token, chatId: chat_id, people } = server;
    const bot = new Bot(token, { client: { apiRoot: url } });
    bot.callbackQuery('go', (ctx) => ctx.answerCallbackQuery('Off it goes'));
    await polling(bot);
    await bot.api.raw.sendRichMessage({ chat_id, rich_message: { markdown: CARD } });
    await bot.api.sendMessage(chat_id, 'For Ada’s eyes', {
      ephemeral_message_parameters: { receiver_user_id: people[0]?.id ?? 0 },
      reply_markup: { inline_keyboard: [[{ text: 'Approved by Ben', disabled: {}, style: 'success' }]] },
    });
    const browser = await openBrowser();
    try {
      const { page, faults } = await openPage(browser, url);
      page.setDefaultTimeout(60_000);
      const bubble = page.locator('.rich');
      await bubble.getByRole('heading', { name: 'default: v1 to 50 %' }).waitFor();
      expect(
        await bubble
          .getByRole('checkbox')
          .evaluateAll((all) => all.map((one) => (one as HTMLInputElement).checked)),
      ).toEqual([true, false]);
      expect(await bubble.getByRole('row').allInnerTexts()).toEqual([
        'Metric\tv1\tv2',
        'p95\t181 ms\t184 ms',
        'errors\t0.10 %\t0.12 %',
      ]);
      expect(await bubble.getByText('uploaded').isVisible()).toBe(false);
      await bubble.getByText('Log').click();
      await bubble.getByText('uploaded').waitFor();
      expect(await bubble.getByRole('button', { name: 'Hold' }).isDisabled()).toBe(true);
      await bubble.getByRole('button', { name: 'Promote' }).click();
      await page.getByText('Off it goes').waitFor();
      await page.getByText('For Ada’s eyes').waitFor();
      expect(await page.getByRole('button', { name: 'Approved by Ben' }).isDisabled()).toBe(true);
      await bot.api.setMessageReaction(chat_id, 1, [{ type: 'emoji', emoji: '🎉' }]);
      await page.getByRole('list', { name: 'Reactions' }).getByText('🎉').waitFor();
      await keepPicture(page, 'rich');
      expect(faults).toEqual([]);
    } finally {
      await browser.close();
    }
  },
);
