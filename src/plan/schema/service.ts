import * as v from 'valibot';
import { about, serviceName, text } from '../leaves.ts';
import { faultOfRepository } from '../repository.ts';
import { report } from '../rules.ts';
import { ownCommands } from './own-command.ts';
import { pageTest } from './page-test.ts';

export const service = v.pipe(
  v.strictObject(
    {
      source: v.optional(
        v.pipe(
          text,
          about(
            'The folder that holds app.yaml, seen from where Sluice runs, or from the root of the repository if one is named.',
            'apps/web',
          ),
        ),
        '.',
      ),
      repository: v.exactOptional(
        v.pipe(
          text,
          about(
            'The git repository that is released from: a URL, or a path on this machine. Its password stays with git. Left out: the folder as it stands.',
            'https://github.com/acme/signals.git',
          ),
          v.rawCheck(({ dataset, addIssue }) => {
            const says = dataset.typed && faultOfRepository(dataset.value);
            if (says) report(addIssue, [{ path: [], says }]);
          }),
        ),
      ),
      ref: v.exactOptional(
        v.pipe(
          text,
          about('The branch or tag of the repository that is released. Left out: its main branch.', 'main'),
        ),
      ),
      smoke: v.optional(
        v.pipe(
          v.array(pageTest, 'a list of smoke tests'),
          about('Requests that a new version must answer before it gets any traffic. []: none.'),
        ),
        [{ path: '/' }],
      ),
      verify: ownCommands('Commands that must pass on a new version before it gets any traffic.', {
        name: 'signals',
        run: 'python verify_deployment.py',
      }),
      cron: v.exactOptional(
        v.pipe(
          text,
          about(
            'The cron jobs that go out with a new version: a file, seen from the source folder. Left out: cron.yaml, if that folder has one.',
            'jobs/cron.yaml',
          ),
        ),
      ),
    },
    'a map with source, repository, ref, smoke, verify and cron',
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    if (dataset.typed && dataset.value.ref !== undefined && dataset.value.repository === undefined)
      report(addIssue, [{ path: ['ref'], says: "needs the 'repository' that it is a branch or tag of" }]);
  }),
);

export const services = v.optional(
  v.pipe(
    v.record(serviceName, service, 'a map of services by name'),
    about('The services that may be released to; all that the project has when none is named.', {
      default: { source: '.', smoke: [{ path: '/healthz' }] },
    }),
  ),
  {},
);
