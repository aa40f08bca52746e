import { CloudError } from '../../google/cloud-error.ts';
import { parseOperation, waitForOperation } from '../../google/operations.ts';
import type { Clock } from '../../plan/clock.ts';
import type { AppEngine } from '../app-engine.ts';
import { readApplication } from '../application.ts';
import { type DispatchChange, type DispatchRule, describeRule, ruleOf, sameRules } from './rules.ts';

/** How long other operations on the app are waited for, by the clock. */
const PATIENCE_MS = 5 * 60_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** The YAML parser is loaded only now. */
async function read(file: string): Promise<DispatchRule[]> {
  const { readDispatchYaml } = await import('./read.ts');
  return readDispatchYaml(file);
}

/**
 * What going over to the rules of a file would do.
 * @param file path of a dispatch.yaml.
 * @returns undefined when the rules are those of the file already.
 * @throws CloudError `invalid` for a bad file.
 */
export async function compareDispatch(
  app: AppEngine,
  file: string,
  signal?: AbortSignal,
): Promise<DispatchChange | undefined> {
  const after = await read(file);
  const before = (await readApplication(app.rest, app.project, signal)).dispatchRules.map(ruleOf);
  return sameRules(before, after) ? undefined : { before, after };
}

/**
 * Level-triggered: reads, replaces the rules where they differ, waits, and reads again. As with gcloud it is one request,
 * so that there is no moment with half of it. Safe to run again at any moment.
 * @returns whether anything was sent.
 * @throws CloudError
 */
export async function bringRulesTo(
  app: AppEngine,
  clock: Clock,
  wanted: readonly object[],
  signal?: AbortSignal,
): Promise<boolean> {
  const doing = `change the dispatch rules of ${app.project}`;
  const until = clock.now() + PATIENCE_MS;
  let sent = false;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    let trouble = new CloudError(
      'conflict',
      `The dispatch rules are not what was written (${wanted.map(describeRule).join('; ') || 'none'}). Somebody else may be changing them now; settle who does, then try again.`,
    );
    try {
      const live = (await readApplication(app.rest, app.project, signal)).dispatchRules;
      if (sameRules(live, wanted)) return sent;
      if (!sent) {
        await replace();
        continue;
      }
    } catch (error) {
      if (!(error instanceof CloudError && error.retryable)) throw error;
      trouble = error;
    }
    if (clock.now() + pause > until) throw trouble;
    await clock.sleep(pause, signal);
  }

  async function replace(): Promise<void> {
    const path = `/v1/apps/${app.project}?updateMask=dispatchRules`;
    const body = { dispatchRules: wanted };
    const operation = await app.rest.write(
      doing,
      async () => parseOperation(await app.rest.json('PATCH', path, body)).name,
      signal,
    );
    await waitForOperation(app.rest, operation, doing, clock, signal);
    sent = true;
  }
}
