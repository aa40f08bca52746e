import type { Effect, Fact } from './events.ts';
import type { Cloud, Hooks } from './ports.ts';
import type { Rollout } from './state.ts';

/**
 * Carries out an effect whose intent is recorded and says what came of it.
 * @param resumed the process that recorded the intent is gone, so the effect may have been begun before.
 * @throws whatever the cloud throws, with a sentence as its message.
 */
export async function carryOut(
  effect: Effect,
  rollout: Rollout,
  resumed: boolean,
  cloud: Cloud,
  hooks: Hooks,
): Promise<Fact> {
  const { service, version, source, terms } = rollout;
  const operation = rollout.pending?.operation;
  const since = rollout.pending?.since ?? rollout.startedAt;
  switch (effect.kind) {
    case 'back-up':
      return {
        type: 'backed-up',
        effect: effect.id,
        ...(await cloud.backUp(service, rollout.id, hooks.signal)),
      };
    case 'deploy': {
      const request = { service, version, source, since, resumed, ...(operation && { operation }) };
      return { type: 'deployed', effect: effect.id, ...(await cloud.deploy(request, hooks)) };
    }
    case 'verify': {
      const request = { service, version, smoke: terms.smoke, since: rollout.startedAt };
      return { type: 'verified', effect: effect.id, checks: await cloud.verify(request, hooks.signal) };
    }
    case 'set-split': {
      const { accept, to } = effect;
      const result = await cloud.setSplit({ service, accept, to, ...(operation && { operation }) }, hooks);
      return result.kind === 'done'
        ? { type: 'split-set', effect: effect.id, split: result.split }
        : { type: 'drifted', live: result.live };
    }
  }
}
