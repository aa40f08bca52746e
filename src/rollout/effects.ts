import type { OwnCommand } from '../plan/terms.ts';
import { items } from './checklist.ts';
import type { Announcement, Check, Effect, Fact } from './events.ts';
import type { Cloud, Hooks, Monitor, Scripts } from './ports.ts';
import type { Rollout } from './state.ts';

/** What effects are carried out with. */
export interface Hands {
  readonly cloud: Cloud;
  readonly scripts: Scripts;
  readonly monitor: Monitor;
}

/**
 * Carries out an effect whose intent is recorded and says what came of it.
 * @param resumed the process that recorded the intent is gone, so the effect may have been begun before.
 * @throws whatever the cloud throws, with a sentence as its message.
 */
export async function carryOut(
  effect: Effect,
  rollout: Rollout,
  resumed: boolean,
  { cloud, scripts, monitor }: Hands,
  hooks: Hooks,
): Promise<Fact> {
  const { service, version, source, terms, backup, commit, madeSince } = rollout;
  const operation = rollout.pending?.operation;
  const since = rollout.pending?.since ?? rollout.startedAt;
  const from = { source, ...(terms.cron !== undefined && { cron: terms.cron }) };
  const cron = { source, backup: backup ?? '' };
  switch (effect.kind) {
    case 'run-item': {
      const item = items(rollout).get(effect.item);
      if (item?.run === undefined) throw new Error(`The checklist item ${effect.item} has no command.`);
      const { text: name, run, shell, within } = item;
      const command = { name, run, within, ...(shell !== undefined && { shell }) };
      const { signal, onProgress: onLine } = hooks;
      const ran = await scripts.run(command, rollout, { signal, onLine });
      return {
        type: 'item-ran',
        effect: effect.id,
        item: effect.item,
        ok: ran.ok,
        detail: ran.why,
        output: ran.tail,
      };
    }
    case 'validate': {
      const { checks, commands, region } = terms.validation;
      const request = { ...from, service, version, checks };
      const found = await cloud.validate({ ...request, ...(region && { region }) }, hooks.signal);
      const own = await runAll(commands, rollout, scripts, hooks);
      const { commit: at } = found;
      return {
        type: 'validated',
        effect: effect.id,
        checks: [...found.checks, ...own],
        ...(at && { commit: at }),
      };
    }
    case 'back-up': {
      const request = { ...from, rollout: rollout.id, service, version, clone: terms.clone };
      return { type: 'backed-up', effect: effect.id, ...(await cloud.backUp(request, hooks.signal)) };
    }
    case 'deploy': {
      const request = {
        service,
        version,
        source,
        since,
        resumed,
        ...(madeSince !== undefined && madeSince < since && { firstAt: madeSince }),
        ...(operation && { operation }),
        ...(backup && { backup }),
        ...(commit && { commit }),
      };
      return { type: 'deployed', effect: effect.id, ...(await cloud.deploy(request, hooks)) };
    }
    case 'compare-cron':
      return {
        type: 'cron-compared',
        effect: effect.id,
        change: await cloud.compareCron(cron, hooks.signal),
      };
    case 'deploy-cron':
      return { type: 'cron-deployed', effect: effect.id, change: await cloud.deployCron(cron, hooks) };
    case 'verify': {
      const request = { service, version, smoke: terms.smoke, since: rollout.startedAt };
      const checks = await cloud.verify(request, hooks.signal);
      const serves = checks.every((check) => check.ok);
      const own = serves ? await runAll(terms.verify, rollout, scripts, hooks) : [];
      return { type: 'verified', effect: effect.id, checks: [...checks, ...own] };
    }
    case 'set-split': {
      const { accept, to, anew } = effect;
      const back = rollout.stage.at === 'restore' && backup;
      const move = { service, accept, to, ...(anew && { anew }) };
      const request = { ...move, ...(operation && { operation }), ...(back && { backup: back }) };
      const result = await cloud.setSplit(request, hooks);
      return result.kind === 'done'
        ? { type: 'split-set', effect: effect.id, split: result.split }
        : { type: 'drifted', live: result.live };
    }
    case 'put-back': {
      if (backup === undefined) return { type: 'put-back', effect: effect.id, checks: [] };
      // Long after a release its folder holds the work for the next one.
      const touched = { cron: rollout.cron !== undefined, files: rollout.care === undefined };
      const request = { service, source, backup, ...touched };
      return { type: 'put-back', effect: effect.id, checks: await cloud.putBack(request, hooks) };
    }
    case 'announce': {
      const { what } = effect;
      const checks = await runAll(announcementsOf(rollout, what), rollout, scripts, hooks);
      return { type: 'announced', effect: effect.id, what, checks };
    }
    case 'look-after': {
      const { id, round, from, due, missed } = effect;
      const probes = terms.afterCare.rounds[round]?.checks ?? [];
      const readings = await monitor.look(rollout, probes, { from, to: due }, hooks.signal);
      return { type: 'looked-after', effect: id, round, from, due, missed, readings };
    }
    case 'assess': {
      const { id, from, to } = effect;
      const readings = [];
      for (const { checks } of terms.success.criteria)
        readings.push(await monitor.look(rollout, checks, { from, to }, hooks.signal));
      return { type: 'assessed', effect: id, from, to, readings };
    }
  }
}

function announcementsOf({ terms }: Rollout, what: Announcement): readonly OwnCommand[] {
  return what === 'deployed' ? terms.announce.deployed : terms.announce.rolledBack;
}

/** One after another, all of them: whoever mends one thing wants to know of the next. */
async function runAll(
  commands: readonly OwnCommand[],
  rollout: Rollout,
  scripts: Scripts,
  hooks: Hooks,
): Promise<Check[]> {
  const checks: Check[] = [];
  for (const command of commands) {
    hooks.onProgress(`${command.name}…`);
    const onLine = (line: string) => hooks.onProgress(`${command.name}: ${line}`);
    const { ok, why, tail } = await scripts.run(command, rollout, { signal: hooks.signal, onLine });
    checks.push({ name: command.name, ok, detail: why, ...(tail && { output: tail }) });
  }
  return checks;
}
