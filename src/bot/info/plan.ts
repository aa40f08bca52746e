import type { Clock } from '../../plan/clock.ts';
import { nearest } from '../../plan/nearest.ts';
import type { Plan, Role } from '../../plan/schema.ts';
import { describeSplit, type Split } from '../../plan/split.ts';
import { timeLimit } from '../../plan/time-limit.ts';
import type { Guard } from '../../rollout/guard.ts';
import { isOver, type Rollout } from '../../rollout/state.ts';
import type { View } from '../buttons.ts';
import { type Html, html } from '../html.ts';
import type { Team } from '../team/team.ts';
import { fitLines } from './fit.ts';
import { planLines, sayWindow } from './plan-lines.ts';
import type { ReadTraffic } from './traffic.ts';
import { listed, sayBar, sayServices, sentence } from './words.ts';

export interface PlanPorts {
  readonly plan: Plan;
  readonly readTraffic: ReadTraffic;
  readonly guard: Pick<Guard, 'bar'>;
  readonly team: Pick<Team, 'members'>;
  readonly clock: Pick<Clock, 'now'>;
  rollouts(): readonly Rollout[];
}

/** The live split takes this long at most: the plan can be shown without it. */
const LOOK_MS = 10_000;

/** `/plan [SERVICE]`: what a release would go through, step by step, from the live split on. */
export async function planCommand(text: string, ports: PlanPorts): Promise<View> {
  const { plan, readTraffic } = ports;
  const planned = Object.keys(plan.services);
  const live = await lookAt(readTraffic);
  const services = planned.length > 0 ? planned : live.services.map(({ service }) => service);
  const name = text.trim() || (services.length === 1 ? services[0] : undefined);
  if (name === undefined) {
    const which = services.length > 0 ? `, such as /plan ${services[0]}. ${sayServices(services)}` : '.';
    return { html: html`Which service? Add its name${which} ${live.unread ?? ''}`.text };
  }
  if (services.length > 0 && !services.includes(name)) {
    const near = nearest(name, services);
    return {
      html: html`No service '${name}' may be released to.${near ? ` Did you mean ${near}?` : ''} ${sayServices(services)}`
        .text,
    };
  }
  const split = live.services.find(({ service }) => service === name)?.split;
  return planView(name, { split, unread: live.unread }, ports);
}

/** The plan for one service; `unread` says why its split is not known. */
function planView(
  service: string,
  { split, unread }: { readonly split: Split | undefined; readonly unread: string | undefined },
  { plan, guard, team, clock, rollouts }: Omit<PlanPorts, 'readTraffic'>,
): View {
  const now = clock.now();
  const underWay = rollouts().find((r) => r.service === service && !isOver(r.stage));
  const bar = guard.bar(service, now);
  const lines = [
    html`<b>How a release of ${service} goes</b>`,
    html`Now: ${split ? describeSplit(split) : (unread ?? 'no traffic')}`,
    ...(underWay ? [html`Under way: ${underWay.version}, started by ${underWay.starter.name}. /status`] : []),
    ...(bar ? [sayBar(service, bar, now)] : []),
    html``,
    // What is under way began from another split than the one that it has made by now.
    ...planLines(plan, service, underWay?.base ?? split),
    html``,
    ...freezes(plan),
    ...people(team),
  ];
  return {
    html: fitLines(lines, (left) => html`… and ${left} lines more: <code>sluice plan show</code> has all.`),
  };
}

function freezes({ freeze }: Plan): Html[] {
  if (freeze.length === 0) return [];
  return [html`<b>Nothing is let out</b>`, ...freeze.map((window) => html`▫️ ${sayWindow(window)}`)];
}

function people(team: Pick<Team, 'members'>): Html[] {
  const members = team.members();
  const having = (role: Role) =>
    listed(members.filter(({ roles }) => roles.includes(role)).map(({ name }) => name)) || 'nobody';
  const admins = listed(members.filter(({ admin }) => admin).map(({ name }) => name));
  return [
    html`<b>Team</b>: starting ${having('operator')}; approving ${having('approver')}${admins ? `; admin ${admins}` : ''}`,
  ];
}

async function lookAt(
  readTraffic: ReadTraffic,
): Promise<{ services: Awaited<ReturnType<ReadTraffic>>; unread?: string }> {
  try {
    return { services: await readTraffic(timeLimit(LOOK_MS)) };
  } catch (error) {
    return {
      services: [],
      unread: `The live traffic cannot be read: ${sentence((error as Error).message)}`,
    };
  }
}
