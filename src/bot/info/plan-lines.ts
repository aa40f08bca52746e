import { sayDuration } from '../../plan/duration.ts';
import { type Plan, serviceOf } from '../../plan/schema.ts';
import { describeSplit, openGate, type Split } from '../../plan/split.ts';
import type { FollowUpStep, FreezeWindow, OwnCommand, PageTest, Round, Weekday } from '../../plan/terms.ts';
import { type Html, html, shorten } from '../html.ts';
import { count, percent } from '../views/words.ts';
import { listed } from './words.ts';

/** Characters of a text or a command of the plan's that are shown. */
const SHOWN = 100;

/** A heading and what is under it, in the order of the deployment plan. */
export function planLines(plan: Plan, service: string, live: Split | undefined): Html[] {
  return [
    ...checklist(plan),
    ...validation(plan),
    ...backup(plan),
    ...deploy(plan, service),
    ...verification(plan, service),
    ...traffic(plan, live),
    ...announcement(plan),
    ...monitoring(plan),
    ...criteria(plan),
    ...contingency(plan),
    ...rollback(live),
  ];
}

function checklist({ checklist: sections }: Plan): Html[] {
  const items = sections.flatMap((section) => section.items);
  if (items.length === 0) return [html`<b>1. Checklist</b>: none`];
  const required = items.filter((item) => item.required).length;
  const runs = items.filter((item) => item.run !== undefined).length;
  const titles = sections.map(({ title, items: own }) => `${shorten(title, 40)} ${own.length}`);
  const parts = [
    `${count(items.length, 'item')}, ${required === items.length ? 'all' : required} required`,
    ...(runs > 0 ? [`${runs} with a command that ticks ${runs === 1 ? 'it' : 'them'}`] : []),
  ];
  return [html`<b>1. Checklist</b>: ${parts.join(', ')}`, html`▫️ ${titles.join(', ')}`];
}

function validation({ validation: { checks, commands }, region }: Plan): Html[] {
  const named = checks.map((check) => (check === 'region' && region ? `region ${region}` : check));
  return [
    html`<b>2. Validation</b>: ${named.length > 0 ? listed(named) : 'no check of Sluice’s own'}`,
    ...own(commands),
  ];
}

function backup(plan: Plan): Html[] {
  return [
    html`<b>3. Backup</b>: traffic split, versions with traffic, routing, cron jobs and config files, read back`,
    ...(plan.backup.clone ? [html`▫️ the old version’s code is kept as VERSION-backup`] : []),
  ];
}

function deploy(plan: Plan, name: string): Html[] {
  const { source, repository, ref = 'HEAD', cron } = serviceOf(plan, name);
  const of = repository === undefined ? '' : ` of ${shorten(repository, SHOWN)}, ${ref},`;
  const jobs = cron ?? 'cron.yaml, if there is one';
  return [
    html`<b>4. Deploy</b> <code>${shorten(source, SHOWN)}</code>${of} as <code>${plan.version}</code>, without traffic`,
    html`▫️ cron jobs from ${jobs}: what would change is shown and asked first`,
  ];
}

function verification(plan: Plan, name: string): Html[] {
  const { smoke, verify } = serviceOf(plan, name);
  return [
    html`<b>5. Verification</b> on the new version’s own address, and no errors in its logs`,
    ...smoke.map((test) => html`▫️ ${sayPage(test)}`),
    ...own(verify),
  ];
}

function sayPage({ path, status, body, json, within }: PageTest): Html {
  const also = [...(body ? ['its body as asked'] : []), ...(json ? [`${json.path} as asked`] : [])];
  const then = also.length > 0 ? `, ${listed(also)}` : '';
  return html`<code>${shorten(path, SHOWN)}</code> answers ${status} within ${sayDuration(within)}${then}`;
}

function traffic({ steps, shardBy, approval, monitoring: judged }: Plan, live: Split | undefined): Html[] {
  const whom = `${count(approval.needed, 'approver')}${approval.twoPerson ? ' other than the starter' : ''}`;
  const by = judged.figures ? 'errors and latency beside the old version’s' : 'the commands below alone';
  const shard = shardBy.toUpperCase() as 'RANDOM' | 'COOKIE' | 'IP';
  return [
    html`<b>6. Traffic</b>, by ${SHARDS[shardBy]}`,
    ...steps.map(({ traffic: share, watch }) => {
      const split = live ? describeSplit(openGate(live, NEW, share, shard)) : `${NEW} ${percent(share)}`;
      return html`▫️ ${split}; ${watch > 0 ? `judged for ${sayDuration(watch)}` : 'not judged'}`;
    }),
    html`▫️ each step takes a yes of ${whom}; a question stays open ${sayDuration(approval.expires)}, Hold puts it off ${sayDuration(approval.hold)}`,
    html`▫️ judged by ${by}`,
    ...own(judged.commands),
  ];
}

/** Stands for the id that the release will have. */
const NEW = 'NEW';
const SHARDS = { random: 'requests', cookie: 'cookies', ip: 'addresses' } as const;

function announcement({ announce: { chat, deployed, rolledBack } }: Plan): Html[] {
  return [
    html`<b>7. Post-deployment</b>: ${chat ? 'announced here with figures and approvers' : 'not announced here'}`,
    ...own(deployed),
    ...own(rolledBack, 'after a rollback '),
  ];
}

function monitoring({ afterCare: { at, rounds }, zone }: Plan): Html[] {
  if (rounds.length === 0) return [html`<b>8. Monitoring plan</b>: none`];
  return [
    html`<b>8. Monitoring plan</b>, daily and rarer at ${at} ${zone}`,
    ...rounds.map((round) => html`▫️ ${sayRound(round)}`),
  ];
}

function sayRound({ name, every, for: lasts, checks, tasks }: Round): string {
  const span = lasts === undefined ? 'until a newer release' : `for ${sayDuration(lasts)}`;
  const what = [
    ...(checks.length > 0 ? [count(checks.length, 'check')] : []),
    ...(tasks.length > 0 ? [`${count(tasks.length, 'task')} for people`] : []),
  ];
  return `${shorten(name, 40)}: every ${every} ${span}: ${listed(what) || 'nothing to look at'}`;
}

function criteria({ success }: Plan): Html[] {
  if (success.criteria.length === 0) return [html`<b>9. Success criteria</b>: none`];
  return [
    html`<b>9. Success criteria</b>, after ${sayDuration(success.after)}`,
    ...success.criteria.map(
      ({ text, checks }) =>
        html`▫️ ${shorten(text, SHOWN)} <i>${checks.length > 0 ? 'measured' : 'asked of people'}</i>`,
    ),
  ];
}

function contingency({ contingency: steps }: Plan): Html[] {
  if (steps.length === 0) return [];
  return [
    html`<b>10. Contingency plan</b>, if they are not met`,
    ...steps.map((step) => html`▫️ ${sayStep(step)}`),
  ];
}

function sayStep({ text, within, offer }: FollowUpStep): string {
  const offered =
    offer === undefined ? '' : offer === 'rollback' ? ', with a button' : ', as a calendar file';
  return `${shorten(text, SHOWN)}: within ${sayDuration(within)}${offered}`;
}

function rollback(live: Split | undefined): Html[] {
  const back = live ? describeSplit(live) : 'the split that was live';
  return [
    html`<b>Rollback</b>, from the backup on, whatever is frozen or locked: one yes, and the traffic is ${back} again, cron jobs and files with it. The service is locked until /unlock.`,
  ];
}

function own(commands: readonly OwnCommand[], when = ''): Html[] {
  return commands.map(
    ({ name, run, within }) =>
      html`▫️ ${when}${shorten(name, 40)}: <code>${shorten(run, SHOWN)}</code>, up to ${sayDuration(within)}`,
  );
}

const DAYS: Record<Weekday, string> = {
  mon: 'Mon',
  tue: 'Tue',
  wed: 'Wed',
  thu: 'Thu',
  fri: 'Fri',
  sat: 'Sat',
  sun: 'Sun',
};

/** "Mon, Tue and Fri 09:30 to 16:00 Europe/London: The market is open". */
export function sayWindow(window: FreezeWindow): string {
  const { from, to, zone, why } = window;
  const days = window.kind === 'weekly' ? `${listed(window.days.map((day) => DAYS[day]))} ` : '';
  return `${days}${from.replace('T', ' ')} to ${to.replace('T', ' ')} ${zone}: ${shorten(why, SHOWN)}`;
}
