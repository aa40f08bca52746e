import type { BotCommand } from 'grammy/types';

/** What can be looked up, and what keeps releases back. */
export const INFO_COMMANDS: readonly BotCommand[] = [
  { command: 'plan', description: 'What a release goes through, step by step' },
  { command: 'traffic', description: 'Which version has how much now' },
  {
    command: 'versions',
    description: 'The versions that App Engine keeps; /versions clean takes old ones away',
  },
  { command: 'history', description: 'What each rollout ended as' },
  { command: 'report', description: 'All of a rollout as one document' },
  { command: 'audit', description: 'Who did or tried what, as a file that nobody can change unseen' },
  { command: 'backups', description: 'What was saved before each release' },
  { command: 'freeze', description: 'Let nothing out, for a while or until /unfreeze' },
  { command: 'unfreeze', description: 'End a freeze' },
  { command: 'lock', description: 'Let nothing out of one service' },
  { command: 'unlock', description: 'End the locks of a service' },
];
