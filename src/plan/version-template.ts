import { isVersionId, VERSION_ID_RULE } from './version-rule.ts';

/** What stands for each placeholder where only the form counts. */
const SAMPLE = { date: '20261224', time: '183000', git: '1a2b3c4' };

const PLACEHOLDER = /\{([^{}]*)\}/g;

/** What is wrong with a template for version ids, after its name in a sentence; undefined when nothing is. */
export function faultOfTemplate(template: string): string | undefined {
  const unknown = [...template.matchAll(PLACEHOLDER)].find(([, name = '']) => !Object.hasOwn(SAMPLE, name));
  if (unknown) return `has ${unknown[0]}, but only {date}, {time} and {git} are filled in`;
  const id = put(template, SAMPLE);
  return isVersionId(id) ? undefined : `makes ids such as "${id}", but a version id is ${VERSION_ID_RULE}`;
}

/**
 * The version id that a sound template makes.
 * @param moment `now` in milliseconds since the epoch, the IANA `zone` of {date} and {time}, and the whole commit, if any.
 * @throws Error when {git} is asked for and there is no commit.
 */
export function fillTemplate(
  template: string,
  { now, zone, git }: { readonly now: number; readonly zone: string; readonly git?: string },
): string {
  if (git === undefined && template.includes('{git}')) {
    throw new Error(
      `The plan's version "${template}" asks for {git}, but the source folder has no commit: commit it, or take {git} out of the plan.`,
    );
  }
  // Swedish dates are those of ISO 8601.
  const local = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(now);
  const digits = local.replace(/\D/g, '');
  return put(template, { date: digits.slice(0, 8), time: digits.slice(8), git: git?.slice(0, 7) ?? '' });
}

function put(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(PLACEHOLDER, (whole, name: string) => values[name] ?? whole);
}
