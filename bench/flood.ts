import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { exportLines, SAMPLE_APP } from '../src/local.ts';
import { startSandbox } from '../src/sandbox/index.ts';
import { exported } from '../tests/process/sluice.ts';
import { startSluice, stopSluice } from './commands.ts';
import { PEOPLE } from './doorstep.ts';
import { inFolder } from './folder.ts';
import { figure, type Row, summary } from './report.ts';

const UPDATES = 10_000;
const FLOOD_S = 60;
const TAPS = 30;
/** A member may tap twice a second for a minute before the bot takes it for too much. */
const TAP_EVERY_MS = 1_000;
const BEN = 1002;
const MB = 1024 ** 2;

const PLAN = `people:
  - { id: 1001, name: Ada, roles: [operator] }
  - { id: ${BEN}, name: Ben, roles: [approver] }
services:
  default:
    source: ${JSON.stringify(SAMPLE_APP)}
`;

/** A member's taps, and the memory of the bot's process, before, during and after a flood of strangers' updates. */
export async function measureFlood(): Promise<Row[]> {
  return inFolder('flood', async (folder) => {
    const sandbox = await startSandbox({
      dataDir: join(folder, 'sandbox'),
      port: 0,
      speed: 1,
      people: PEOPLE,
      app: SAMPLE_APP,
      parts: { telegram: true, appEngine: true },
      log: () => {},
    });
    const { telegram } = sandbox;
    if (!telegram) throw new Error('The sandbox started without its chat.');
    sandbox.appEngine?.setLoad(0);
    await writeFile(join(folder, 'sluice.yaml'), PLAN);
    const env = {
      ...exported(exportLines(sandbox).join('\n')),
      SLUICE_DATA_DIR: join(folder, 'bot'),
      LOG_LEVEL: 'error',
    };
    const bot = startSluice(['run'], folder, env);
    try {
      await bot.line(/is up/);
      const resident = () => residentOf(bot.child.pid);
      await takeTaps(telegram.url, telegram.chat);
      const quiet = await takeTaps(telegram.url, telegram.chat);
      const before = await resident();
      const flood = pour(telegram.url, telegram.chat);
      const during: number[] = [];
      let most = before;
      let over = false;
      const poured = flood.then(() => {
        over = true;
      });
      while (!over) {
        during.push(await tap(telegram.url, telegram.chat));
        most = Math.max(most, await resident());
        await sleep(TAP_EVERY_MS);
      }
      await poured;
      const afterwards = await takeTaps(telegram.url, telegram.chat);
      const after = await resident();
      return [
        summary('flood: a member’s tap answered, before', 'ms', quiet),
        summary(`flood: the same, with ${UPDATES} updates of strangers in ${FLOOD_S} s`, 'ms', during),
        summary('flood: the same, after', 'ms', afterwards),
        figure('flood: resident before', 'MB', before / MB, 1),
        figure('flood: resident at most', 'MB', most / MB, during.length),
        figure('flood: resident after', 'MB', after / MB, 1),
      ];
    } finally {
      await stopSluice(bot);
      await sandbox.close();
    }
  });
}

/** On Linux, from the kernel's own account of the process, in bytes. */
async function residentOf(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const [, kB] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  if (kB === undefined) throw new Error(`/proc/${pid}/status has no line VmRSS.`);
  return Number(kB) * 1024;
}

async function takeTaps(url: string, chat: number): Promise<number[]> {
  const taken: number[] = [];
  for (let n = 0; n < TAPS; n++) {
    taken.push(await tap(url, chat));
    await sleep(TAP_EVERY_MS);
  }
  return taken;
}

/** Milliseconds from a member's tap to the bot's answer: that the rollout of the button is closed. */
async function tap(url: string, chat: number): Promise<number> {
  const begun = performance.now();
  const answer = await post(`${url}/_user/press`, {
    chat_id: chat,
    user_id: BEN,
    message_id: 1,
    data: 'e/none',
  });
  if (!(answer as { answered?: boolean }).answered) throw new Error('A tap was not answered.');
  return performance.now() - begun;
}

/** As many updates as are to be, evenly over the time, each of another stranger: talk, commands, forged taps. */
async function pour(url: string, chat: number): Promise<void> {
  const begun = performance.now();
  const batch = 100;
  for (let sent = 0; sent < UPDATES; sent += batch) {
    const updates = Array.from({ length: batch }, (_, i) => strangersUpdate(sent + i, chat));
    await post(`${url}/_control/updates`, updates);
    const due = begun + ((sent + batch) / UPDATES) * FLOOD_S * 1_000;
    await sleep(Math.max(0, due - performance.now()));
  }
}

function strangersUpdate(n: number, group: number): object {
  const from = { id: 5_000_000 + n, is_bot: false, first_name: `Stranger ${n}\u202e` };
  const chat = { id: group, type: 'supergroup', title: 'Team' };
  const message = { message_id: 1_000_000 + n, date: 0, chat, from };
  if (n % 3 === 0) return { message: { ...message, text: 'x'.repeat(5_000) } };
  if (n % 3 === 1) {
    const entities = [{ type: 'bot_command', offset: 0, length: 7 }];
    return { message: { ...message, text: '/status', entities } };
  }
  return { callback_query: { id: `s${n}`, from, chat_instance: '1', data: `g/abc-1/${n}/yes`, message } };
}

async function post(url: string, body: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const answer = await reply.json();
  if (!reply.ok) throw new Error(`The local chat refused ${url}: ${JSON.stringify(answer)}`);
  return answer;
}
