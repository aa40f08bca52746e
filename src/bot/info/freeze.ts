import type { Clock } from '../../plan/clock.ts';
import { wallTime } from '../../plan/local-time.ts';
import type { Guard } from '../../rollout/guard.ts';
import type { Rollout } from '../../rollout/state.ts';
import { html } from '../html.ts';
import { parseFreeze } from './orders.ts';
import { lackOf, type Reply, type Sender } from './reply.ts';
import { sayUnderWay, sayUntil, sentence } from './words.ts';

export interface FreezePorts {
  readonly guard: Pick<Guard, 'freeze' | 'unfreeze'>;
  readonly clock: Pick<Clock, 'now'>;
  /** The plan's time zone, for times of day. */
  readonly zone: string;
  rollouts(): readonly Rollout[];
}

/** `/freeze [until 18:00 | for 2h] REASON`: nothing is let out, of any service. */
export async function freezeCommand(text: string, sender: Sender, ports: FreezePorts): Promise<Reply> {
  const { guard, clock, zone, rollouts } = ports;
  const lack = lackOf(['operator', 'approver'], sender);
  if (lack) return { view: { html: html`${lack}`.text }, refused: true };
  const now = clock.now();
  const order = parseFreeze(text, now, zone);
  if ('problem' in order) return { view: { html: html`${order.problem}`.text } };
  await guard.freeze(order, sender);
  const { until } = order;
  const lines = [
    html`❄️ <b>Releases are frozen</b> ${until === undefined ? 'until somebody ends it' : sayUntil(until, now)}.${sayThere(until, zone)}`,
    html`${sender.name}: ${sentence(order.why)}`,
    html`Of every service: no release begins, and no more traffic goes to one under way. Rollbacks work as ever.`,
    ...sayUnderWay(rollouts()),
    html`${until === undefined ? 'An' : 'It ends by itself; an'} approver or admin ends it${until === undefined ? '' : ' before'}: <code>/unfreeze REASON</code>.`,
  ];
  return { view: { html: html`${lines}`.text } };
}

/** The same moment on the clocks of the plan's zone, where those are not UTC's. */
function sayThere(until: number | undefined, zone: string): string {
  if (until === undefined || zone === 'UTC') return '';
  return ` That is ${new Date(wallTime(until, zone)).toISOString().slice(11, 16)} in ${zone}.`;
}

/** `/unfreeze REASON`: ends the chat's freeze and lifts the plan's window that is in force. */
export async function unfreezeCommand(text: string, sender: Sender, ports: FreezePorts): Promise<Reply> {
  const lack = lackOf(['approver', 'admin'], sender);
  if (lack) return { view: { html: html`${lack}`.text }, refused: true };
  const why = text.trim();
  if (why === '') {
    return { view: { html: html`Add why, for the record: <code>/unfreeze REASON</code>.`.text } };
  }
  const said = await ports.guard.unfreeze(why, sender);
  return { view: { html: html`${said}`.text } };
}
