import * as v from 'valibot';
import { about, serviceName, text } from '../leaves.ts';
import { ownCommands } from './own-command.ts';
import { pageTest } from './page-test.ts';

export const service = v.strictObject(
  {
    source: v.optional(
      v.pipe(text, about('The folder that holds app.yaml, seen from where Sluice runs.', 'apps/web')),
      '.',
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
  'a map with source, smoke, verify and cron',
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
