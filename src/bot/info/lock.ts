import type { Clock } from '../../plan/clock.ts';
import { nearest } from '../../plan/nearest.ts';
import type { Plan } from '../../plan/schema.ts';
import { timeLimit } from '../../plan/time-limit.ts';
import type { Guard } from '../../rollout/guard.ts';
import type { Rollout } from '../../rollout/state.ts';
import type { View } from '../buttons.ts';
import { html } from '../html.ts';
import { parseServiceReason } from './orders.ts';
import { lackOf, type Reply, type Sender } from './reply.ts';
import type { ReadTraffic } from './traffic.ts';
import { sayBar, sayServices, sayUnderWay, sentence } from './words.ts';

export interface LockPorts {
  readonly guard: Pick<Guard, 'lock' | 'unlock' | 'bar'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly plan: Pick<Plan, 'services'>;
  readonly readTraffic: ReadTraffic;
  rollouts(): readonly Rollout[];
}

/** App Engine is asked this long whether there is such a service. */
const LOOK_MS = 20_000;

/** `/lock SERVICE REASON`: nothing of that service is let out, from this moment on. */
export async function lockCommand(text: string, sender: Sender, ports: LockPorts): Promise<Reply> {
  const { guard, clock, plan, rollouts } = ports;
  const lack = lackOf(['operator', 'approver'], sender);
  if (lack) return { view: { html: html`${lack}`.text }, refused: true };
  const order = parseServiceReason(text, '/lock');
  if ('problem' in order) return { view: { html: html`${order.problem}`.text } };
  const { service, why } = order;
  const planned = Object.keys(plan.services);
  if (planned.length > 0 && !planned.includes(service)) {
    return { view: { html: html`${sayMissing(service, planned, 'The plan')}`.text } };
  }

  await guard.lock(service, { why }, sender);
  const bar = guard.bar(service, clock.now());
  const others =
    bar && bar.why !== why ? [html`It was locked before; all reasons: ${sentence(bar.why)}`] : [];
  const lines = [
    html`🔒 <b>${service} is locked.</b>`,
    html`${sender.name}: ${sentence(why)}`,
    ...others,
    html`No release of ${service} begins, and no more traffic goes to one under way. Rollbacks work as ever.`,
    ...sayUnderWay(rollouts(), service),
    html`It stays until an approver or admin ends it: <code>/unlock ${service} REASON</code>.`,
  ];
  const known = planned.length > 0 || rollouts().some((rollout) => rollout.service === service);
  return {
    view: { html: html`${lines}`.text },
    ...(!known && { afterwards: () => lookFor(service, sender, ports) }),
  };
}

/** A lock on a name that was mistyped holds nothing back, whatever people believe: it is taken away again. */
async function lookFor(service: string, sender: Sender, ports: LockPorts): Promise<View | undefined> {
  const { guard, readTraffic } = ports;
  let services: string[];
  try {
    services = (await readTraffic(timeLimit(LOOK_MS))).map((found) => found.service);
  } catch (error) {
    const why = sentence((error as Error).message);
    return {
      html: html`The lock holds. Whether the project has a service '${service}' could not be looked up: ${why}`
        .text,
    };
  }
  if (services.includes(service)) return undefined;
  await guard.unlock(service, 'The project has no service of that name.', sender);
  return { html: html`${sayMissing(service, services, 'The project')} The lock is taken away again.`.text };
}

function sayMissing(service: string, services: readonly string[], whose: string): string {
  const near = nearest(service, services);
  const meant = near ? ` Did you mean ${near}?` : '';
  return `${whose} has no service '${service}', so there is nothing to lock.${meant} ${sayServices(services)}`;
}

/** `/unlock SERVICE REASON`: takes all locks of the service away. */
export async function unlockCommand(text: string, sender: Sender, ports: LockPorts): Promise<Reply> {
  const { guard, clock } = ports;
  const lack = lackOf(['approver', 'admin'], sender);
  if (lack) return { view: { html: html`${lack}`.text }, refused: true };
  const order = parseServiceReason(text, '/unlock');
  if ('problem' in order) return { view: { html: html`${order.problem}`.text } };
  const { service, why } = order;
  const said = await guard.unlock(service, why, sender);
  const still = guard.bar(service, clock.now());
  const lines = [html`🔓 ${sentence(said)}`, ...(still ? [sayBar(service, still, clock.now())] : [])];
  return { view: { html: html`${lines}`.text } };
}
