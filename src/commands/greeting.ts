import type { RunningBot } from '../main.ts';

/** What the terminal says once the bot polls: where it listens, or how it gets a team. */
export function greeting({ claimCode }: RunningBot): string {
  if (claimCode === undefined) return 'Sluice is up and listens in your group.\n';
  return `Sluice is up, and nobody is in its team yet. Add the bot to your group and send there, within an hour:

  /claim ${claimCode}

That makes the group the team's chat, and you its admin.
`;
}

/** Where other machines' pipelines find it, when they may. */
export function sayDoor(url: string | undefined): string {
  return url === undefined ? '' : `Pipelines elsewhere reach it at ${url} (put TLS in front of it).\n`;
}
