import type { RunningBot } from '../main.ts';

/** What the terminal says while nobody has claimed the team; nothing otherwise. */
export function invitation({ claimCode }: RunningBot): string {
  if (claimCode === undefined) return '';
  return `Nobody is in the team yet. Add the bot to your group and send there, within an hour:\n\n  /claim ${claimCode}\n\nThat makes the group the team's chat, and you its admin.\n`;
}
