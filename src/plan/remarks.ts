import { findGaps } from './approvers.ts';
import { DAY } from './duration.ts';
import { freezeAt } from './freeze.ts';
import type { Plan } from './schema.ts';
import type { Path } from './source.ts';

/** What is no fault of a plan, and yet should be known. */
export interface Remark {
  readonly path: Path;
  /** Begins with "warning: " where the plan would not do what it is for, and with "note: " where it may. */
  readonly says: string;
}

export function findRemarks(plan: Plan): Remark[] {
  return [
    ...onPeople(plan),
    ...onVersion(plan),
    ...onSteps(plan),
    ...onFreeze(plan),
    ...onAnnouncement(plan),
  ];
}

function onPeople(plan: Plan): Remark[] {
  const path = ['people'];
  if (plan.people.length === 0) {
    const says =
      "note: 'people' names nobody, so the chat keeps the team: `sluice run` prints the code that makes its first admin.";
    return [{ path, says }];
  }
  return findGaps(plan).map((gap) => ({ path, says: `warning: ${gap}` }));
}

function onVersion({ version }: Plan): Remark[] {
  if (version.includes('{')) return [];
  const says = `warning: 'version' suggests ${version} for every release, and App Engine keeps a version under that id from the first one on: put {date}, {time} or {git} in.`;
  return [{ path: ['version'], says }];
}

function onSteps({ steps, monitoring }: Plan): Remark[] {
  const last = steps.length - 1;
  if ((steps[last]?.watch ?? 0) === 0 || !monitoring.figures) return [];
  const says =
    'note: at the last step nothing serves beside the new version, so it is judged against the hour before alone, and an incident elsewhere looks like its fault: judge a step such as 95 % instead, with watch: 0s here.';
  return [{ path: ['steps', last, 'watch'], says }];
}

/** Any week will do: what goes on for longer than one comes back each week. */
const SOME_MONDAY = Date.UTC(2027, 0, 4);

function onFreeze({ freeze }: Plan): Remark[] {
  const found = freezeAt(
    freeze.filter((window) => window.kind === 'weekly'),
    SOME_MONDAY,
  );
  if (!found || found.until - SOME_MONDAY < 7 * DAY) return [];
  const says = "warning: the windows of 'freeze' go round the week, so nothing could ever be let out.";
  return [{ path: ['freeze'], says }];
}

function onAnnouncement({ announce }: Plan): Remark[] {
  const { chat, deployed, rolledBack } = announce;
  if (chat || (deployed.length > 0 && rolledBack.length > 0)) return [];
  const what = deployed.length > 0 ? 'that a release was taken back' : 'that a release is out';
  return [
    { path: ['announce'], says: `warning: nobody is told ${what}: set 'chat' to true, or add a command.` },
  ];
}
