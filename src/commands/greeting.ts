import type { Doors, RunningBot } from '../main.ts';

/** What the terminal says once the bot polls: where it listens, or how it gets a team. */
export function greeting({ claimCode }: Pick<RunningBot, 'claimCode'>): string {
  if (claimCode === undefined) return 'Sluice is up and listens in your group.\n';
  return `Sluice is up, and nobody is in its team yet. Add the bot to your group and send there, within an hour:

  /claim ${claimCode}

That makes the group the team's chat, and you its admin.
`;
}

/** Where pipelines of other machines, supervisors and Prometheus find it, when they may. */
export function sayDoors({ url, health }: Doors): string {
  const pipelines = url && `Pipelines elsewhere reach it at ${url} (put TLS in front of it).\n`;
  return `${pipelines ?? ''}${health === undefined ? '' : `Its health is at ${health}/healthz and ${health}/metrics.\n`}`;
}
