import * as v from 'valibot';
import { about } from '../leaves.ts';
import { ownCommands } from './own-command.ts';

export const announce = v.optional(
  v.pipe(
    v.strictObject(
      {
        chat: v.optional(
          v.pipe(v.boolean('true or false'), about('Whether the chat is told how a rollout ended.')),
          true,
        ),
        deployed: ownCommands('Commands that tell others that a release is out.', {
          name: 'tell customers',
          run: 'python send_deployment_notification.py',
        }),
        rolledBack: ownCommands('Commands that tell others that a release was taken back.', {
          name: 'tell customers',
          run: 'python send_rollback_notification.py',
        }),
      },
      'a map with chat, deployed and rolledBack',
    ),
    about('Who is told how a rollout ended.'),
  ),
  {},
);
