import * as v from 'valibot';
import { about } from '../leaves.ts';
import { onlyOnce, report } from '../rules.ts';
import { BUILT_IN_CHECKS } from '../terms.ts';
import { ownCommands } from './own-command.ts';

const checks = v.optional(
  v.pipe(
    v.array(
      v.picklist(BUILT_IN_CHECKS, 'permissions, region, service, versions, bucket, files or git'),
      'a list of checks',
    ),
    about(
      'What Sluice looks at by itself: its permissions, the region, the service, room for one more version, the staging bucket, the files of the source, and that git has nothing uncommitted.',
    ),
    v.rawCheck(({ dataset, addIssue }) => {
      if (dataset.typed) report(addIssue, onlyOnce(dataset.value));
    }),
  ),
  () => [...BUILT_IN_CHECKS],
);

export const validation = v.optional(
  v.pipe(
    v.strictObject(
      {
        checks,
        commands: ownCommands('Commands that must pass as well.', {
          name: 'pre-deploy check',
          run: 'python pre_deploy_check.py',
        }),
      },
      'a map with checks and commands',
    ),
    about('What must hold before anything is changed.'),
  ),
  {},
);

export const backup = v.optional(
  v.pipe(
    v.strictObject(
      {
        clone: v.optional(
          v.pipe(
            v.boolean('true or false'),
            about(
              "Whether the old version's code is kept as a version of its own, VERSION-backup. Everything else is kept in any case.",
            ),
          ),
          false,
        ),
      },
      'a map with clone',
    ),
    about('What is kept of the present before it is changed.'),
  ),
  {},
);
