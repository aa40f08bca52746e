import { guardOutput } from '../../last-words.ts';
import { createLog } from '../../log.ts';
import { type RunningBot, startBot } from '../../main.ts';
import { type FollowingClock, followingClock, systemClock } from '../../plan/clock.ts';
import { knowSecrets } from '../../secrets.ts';
import type { BotOrders, FromBot, ToBot } from './orders.ts';

// The program of a bot that lives in a process of its own, so that it can die like one. See bot-process.ts.

guardOutput();

let bot: Promise<RunningBot> | undefined;
let clock: FollowingClock | undefined;

process.on('message', (message: ToBot) => {
  switch (message.do) {
    case 'begin':
      bot = begin(message.orders);
      bot.catch(giveUp);
      return;
    case 'follow':
      clock?.follow(message.clock);
      return;
    case 'stop':
      void end();
  }
});
// Whoever started it is gone, and so is the world it works in: it dies as that did, without a word.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// A terminal sends these to all of its processes; the one that holds the sandbox says when to stop.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

async function begin({ logLevel, secrets, clock: first, ...parts }: BotOrders): Promise<RunningBot> {
  knowSecrets(secrets);
  clock = first && followingClock(first);
  const running = await startBot({ ...parts, clock: clock ?? systemClock, log: createLog(logLevel) });
  running.ended.catch(giveUp);
  const { claimCode } = running;
  running.ready
    .then((doors) => tell({ say: 'up', up: { ...doors, ...(claimCode && { claimCode }) } }))
    .catch(giveUp);
  return running;
}

async function end(): Promise<void> {
  await bot?.then((running) => running.stop()).catch(giveUp);
  process.exit();
}

function giveUp(error: Error): void {
  process.send?.({ say: 'failed', sentence: error.message } satisfies FromBot, () => process.exit(1));
}

function tell(message: FromBot): void {
  process.send?.(message);
}
