import type { Clock } from '../../plan/clock.ts';
import { nearest } from '../../plan/nearest.ts';
import type { Guard } from '../../rollout/guard.ts';
import type { Rollout } from '../../rollout/state.ts';
import { html } from '../html.ts';
import { parseServiceReason } from './orders.ts';
import { lackOf, type Reply, type Sender } from './reply.ts';
import type { ReadTraffic } from './traffic.ts';
import { listed, sayBar, sayUnderWay, sentence } from './words.ts';

export interface LockPorts {
  readonly guard: Pick<Guard, 'lock' | 'unlock' | 'bar'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly readTraffic: ReadTraffic;
  rollouts(): readonly Rollout[];
}

/** App Engine is asked this long whether there is such a service. */
const LOOK_MS = 10_000;

/** `/lock SERVICE REASON`: nothing of that service is let out. */
export async function lockCommand(text: string, sender: Sender, ports: LockPorts): Promise<Reply> {
  const { guard, clock, rollouts } = ports;
  const lack = lackOf(['operator', 'approver'], sender);
  if (lack) return { view: { html: html`${lack}`.text }, refused: true };
  const order = parseServiceReason(text, '/lock');
  if ('problem' in order) return { view: { html: html`${order.problem}`.text } };
  const { service, why } = order;
  const looked = await lookFor(service, ports.readTraffic);
  if (looked.kind === 'missing') return { view: { html: html`${looked.say}`.text } };

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
    ...(looked.kind === 'unread' ? [html`${looked.say}`] : []),
    html`It stays until an approver or admin ends it: <code>/unlock ${service} REASON</code>.`,
  ];
  return { view: { html: html`${lines}`.text } };
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

type Looked = { readonly kind: 'there' } | { readonly kind: 'missing' | 'unread'; readonly say: string };

/** A lock on a name that was mistyped would hold nothing back. */
async function lookFor(service: string, readTraffic: ReadTraffic): Promise<Looked> {
  let services: string[];
  try {
    services = (await readTraffic(AbortSignal.timeout(LOOK_MS))).map((found) => found.service);
  } catch (error) {
    const why = (error as Error).message;
    return {
      kind: 'unread',
      say: `Whether the project has a service of that name could not be looked up: ${sentence(why)}`,
    };
  }
  if (services.includes(service)) return { kind: 'there' };
  const near = nearest(service, services);
  const meant = near ? ` Did you mean ${near}?` : '';
  return {
    kind: 'missing',
    say: `The project has no service '${service}', so nothing was locked.${meant} There are ${listed(services) || 'none'}.`,
  };
}
