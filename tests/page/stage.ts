import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCanvas } from '@napi-rs/canvas';
import { Bot, InlineKeyboard, InputFile } from 'grammy';
import { SandboxClock } from '../../src/sandbox/clock.ts';
import { startTelegram } from '../../src/sandbox/telegram/index.ts';

export const token = '7000001:page-test-token-that-opens-nothing-at-all';
export const chatId = -1_001_000_000_001;
export const [ada, grace, linus] = [
  { id: 1001, firstName: 'Ada', username: 'ada', roles: ['operator'] },
  { id: 1002, firstName: 'Grace', username: 'grace', roles: ['approver'] },
  { id: 1003, firstName: 'Linus', username: 'linus', roles: [] },
] as const;

export interface Stage {
  readonly url: string;
  readonly bot: Bot;
  /** Lets the bot answer the tap on "Slow". */
  release(): void;
  /** Ends the server and starts it again on the same port and data. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** A report that would do harm if it could. */
const REPORT = `<!doctype html><style>h1 { color: rgb(7, 102, 143) }</style><h1>Rollout of v2</h1>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==" alt="chart">
<script>document.title = 'run'; fetch('/_user/send', { method: 'POST' });</script>
<img src="/page/mark.svg" onerror="document.title = 'run'">`;

/**
 * The real Bot API server with a small real bot behind it.
 * @param admin whether the bot hears all that is said, not only what is meant for it.
 */
export async function openStage({ admin = false } = {}): Promise<Stage> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sluice-page-'));
  const clock = new SandboxClock(30, Date.UTC(2026, 7, 6, 12));
  const botUser = { id: 7_000_001, firstName: 'Sluice', username: 'sluice_bot', admin };
  const people = [ada, grace, linus];
  const chatTitle = 'Trading releases';

  const start = (port: number) =>
    startTelegram({
      dataDir,
      clock,
      port,
      token,
      bot: botUser,
      chat: { id: chatId, title: chatTitle },
      people,
      flood: 'off',
      info: () => ({ clock: clock.reading, speed: clock.speed, chatId, chatTitle, bot: botUser, people }),
      log: (line) => logged.push(line),
    });

  const logged: string[] = [];
  let server = await start(0);
  const { url } = server;
  let release = () => {};
  const bot = new Bot(token, { client: { apiRoot: url } });
  behave(
    bot,
    new Promise((resolve) => {
      release = resolve;
    }),
  );
  await bot.api.setMyCommands([
    { command: 'deploy', description: 'Take a release through the gate' },
    { command: 'status', description: 'Where every rollout stands' },
    { command: 'rollback', description: 'Back to the split before' },
  ]);
  const failures: string[] = [];
  bot.catch(({ error }) => void failures.push(error instanceof Error ? error.message : String(error)));
  const polling = bot.start();

  return {
    url,
    bot,
    release: () => release(),
    async restart() {
      await server.close();
      server = await start(Number(new URL(url).port));
    },
    async close() {
      await bot.stop();
      await polling;
      await server.close();
      rmSync(dataDir, { recursive: true, force: true });
      if (failures.length > 0)
        throw new Error(`The bot stumbled: ${failures.join('; ')}. ${logged.join('; ')}`);
    },
  };
}

function behave(bot: Bot, released: Promise<void>): void {
  bot.command('deploy', (ctx) =>
    ctx.reply('<b>default</b>: v2 from 10 % to 50 %?', {
      parse_mode: 'HTML',
      reply_markup: new InlineKeyboard()
        .text('Promote', 'edit')
        .success()
        .text('Toast', 'toast')
        .row()
        .text('Roll back', 'alert')
        .danger()
        .text('Slow', 'slow')
        .row()
        .url('Logs', 'https://logs.example/v2')
        .copyText('Copy version', 'v2'),
    }),
  );
  bot.command('status', (ctx) => ctx.reply('Nothing is rolled out.'));
  bot.command('ask', (ctx) =>
    ctx.reply('Why?', {
      reply_parameters: { message_id: ctx.msg.message_id },
      reply_markup: { force_reply: true, selective: true, input_field_placeholder: 'A reason' },
    }),
  );
  bot.command('photo', (ctx) =>
    ctx.replyWithPhoto(new InputFile(chart(), 'chart.png'), {
      caption: 'p95 of <b>both</b>',
      parse_mode: 'HTML',
    }),
  );
  bot.command('file', (ctx) =>
    ctx.replyWithDocument(new InputFile(Buffer.from('one line\n'.repeat(200)), 'logs.txt')),
  );
  bot.command('report', (ctx) => ctx.replyWithDocument(new InputFile(Buffer.from(REPORT), 'report.html')));
  bot.command('review', (ctx) =>
    ctx.replyWithDocument(new InputFile(Buffer.from('BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n'), 'review.ics')),
  );
  bot.on([':photo', ':document'], async (ctx) => {
    const file = await ctx.getFile();
    const what = ctx.msg.photo ? 'photo' : ctx.msg.document?.file_name;
    await ctx.reply(`Got ${what}, ${file.file_size} bytes: ${ctx.msg.caption ?? 'no caption'}`);
  });
  bot.command('whisper', (ctx) =>
    ctx.reply('Between us.', {
      ephemeral_message_parameters: { receiver_user_id: ctx.from?.id ?? 0 },
      reply_markup: { inline_keyboard: [[{ text: 'Heard', callback_data: 'toast' }]] },
    }),
  );
  bot.command('think', (ctx) => ctx.replyWithChatAction('typing'));

  bot.callbackQuery('edit', async (ctx) => {
    await ctx.answerCallbackQuery();
    await ctx.editMessageText(`Approved by ${ctx.from.first_name}.`);
  });
  bot.callbackQuery('toast', (ctx) => ctx.answerCallbackQuery('Noted'));
  bot.callbackQuery('alert', (ctx) =>
    ctx.answerCallbackQuery({ text: 'You may not do this.', show_alert: true }),
  );
  bot.callbackQuery('slow', async (ctx) => {
    await released;
    await ctx.answerCallbackQuery('At last');
  });
}

function chart(): Buffer {
  const canvas = createCanvas(960, 420);
  const draw = canvas.getContext('2d');
  draw.fillStyle = '#ffffff';
  draw.fillRect(0, 0, 960, 420);
  draw.strokeStyle = '#0877a8';
  draw.lineWidth = 4;
  draw.moveTo(40, 320);
  for (let x = 40; x <= 920; x += 40) draw.lineTo(x, 300 - 60 * Math.sin(x / 90));
  draw.stroke();
  return canvas.toBuffer('image/png');
}
