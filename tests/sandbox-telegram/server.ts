/* A server in a process of its own, to be killed: `tsx server.ts <folder>` prints its address. */
import { SandboxClock } from '../../src/sandbox/clock.ts';
import { startTelegram } from '../../src/sandbox/telegram/index.ts';
import { ADA, GROUP, TOKEN } from './world.ts';

const { url } = await startTelegram({
  dataDir: process.argv[2] ?? '',
  clock: new SandboxClock(1),
  port: 0,
  token: TOKEN,
  bot: { id: 123456, firstName: 'Sluice', username: 'sluice_bot' },
  chat: { id: GROUP, title: 'Releases' },
  people: [{ id: ADA, firstName: 'Ada', username: 'ada', roles: [] }],
  flood: 'off',
  info: () => ({}),
  log: (line) => process.stderr.write(`${line}\n`),
});
process.stdout.write(`${url}\n`);
