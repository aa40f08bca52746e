import type { Member } from './plan/schema.ts';

/** The clock and the people of a sandbox that runs in another process. */
export interface SharedSandbox {
  readonly clock: { readonly origin: number; readonly epoch: number; readonly speed: number };
  readonly members: readonly Member[];
}

interface Info {
  readonly clock: SharedSandbox['clock'];
  readonly people: readonly { id: number; firstName: string; roles: Member['roles'] }[];
}

/** @throws Error with a sentence when nothing answers there. */
export async function askSandbox(url: string): Promise<SharedSandbox> {
  const address = `${url.replace(/\/+$/, '')}/_sandbox`;
  const reply = await fetch(address).catch((error: Error) => {
    throw new Error(
      `SLUICE_SANDBOX names ${url}, but no sandbox answers there (${error.message}). Start one: sluice sandbox.`,
    );
  });
  if (!reply.ok) throw new Error(`SLUICE_SANDBOX names ${url}, but ${address} answers ${reply.status}.`);
  const { clock, people } = (await reply.json()) as Info;
  return { clock, members: people.map(({ id, firstName, roles }) => ({ id, name: firstName, roles })) };
}
