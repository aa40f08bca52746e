import { call } from './api.ts';
import type { ScenarioLine, Trouble } from './panelWire.ts';

/** What can be done to the local world. Each throws `Refused` with a sentence when the server says no. */

export async function pauseClock(): Promise<void> {
  await call('/_sandbox/pause', {});
}

/** @param ms of the sandbox's clock, over which nothing happens. */
export async function jumpAhead(ms: number): Promise<void> {
  await call('/_sandbox/jump', { ms });
}

export async function setLoad(perSecond: number): Promise<void> {
  await call('/_sandbox/panel/load', { perSecond });
}

/** So many times as many users for so many minutes of the sandbox's clock. */
export async function burst(times: number, minutes: number): Promise<void> {
  await call('/_sandbox/panel/load', { burst: { times, minutes } });
}

/** Null ends what it is given for; what is not named stays as it is. */
export type TroubleChange = { readonly [key in keyof Trouble]: Trouble[key] | null };

export async function changeTrouble(service: string, version: string, change: TroubleChange): Promise<void> {
  await call('/_sandbox/panel/trouble', { service, version, change });
}

/** Moves the traffic as somebody at the console would; shares from 0 to 1. */
export async function move(service: string, allocations: Readonly<Record<string, number>>): Promise<void> {
  await call('/_sandbox/panel/move', { service, allocations });
}

export async function killBot(): Promise<void> {
  await call('/_sandbox/panel/kill-bot', {});
}

/** @param rule as `POST /_sandbox/faults` takes it. */
export async function addFault(rule: object): Promise<void> {
  await call('/_sandbox/faults', rule);
}

export async function clearFault(id: number): Promise<void> {
  await call(`/_sandbox/faults/${id}`, undefined, 'DELETE');
}

export async function loadScenarios(): Promise<readonly ScenarioLine[]> {
  return (await call<{ scenarios: ScenarioLine[] }>('/_sandbox/panel/scenarios')).scenarios;
}

export async function playScenario(name: string): Promise<void> {
  await call('/_sandbox/panel/scenario', { name });
}

export async function stopScenario(): Promise<void> {
  await call('/_sandbox/panel/scenario', undefined, 'DELETE');
}
