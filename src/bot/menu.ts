import type { BotCommand } from 'grammy/types';
import { CARE_COMMANDS } from './care/commands.ts';
import { INFO_COMMANDS } from './info/menu.ts';

/** The menu behind "/", and what /help says. */
export const COMMANDS: readonly BotCommand[] = [
  { command: 'deploy', description: 'Release a new version, step by step' },
  { command: 'status', description: 'Where every rollout stands' },
  { command: 'checklist', description: 'Go on with the checklist' },
  { command: 'hold', description: 'Ask nobody to promote until /resume; takes a reason' },
  {
    command: 'emergency',
    description: 'Promote alone where the plan asks for more persons; takes a reason',
  },
  { command: 'resume', description: 'Go on after /hold' },
  { command: 'rollback', description: 'Back to the traffic split before the rollout' },
  { command: 'cancel', description: 'End a rollout that has no traffic yet, or a dialogue' },
  ...CARE_COMMANDS,
  ...INFO_COMMANDS,
  { command: 'team', description: 'Who may do what; admins add people by replying to them' },
  { command: 'whoami', description: 'Who you are to me' },
  { command: 'help', description: 'What this bot does' },
];
