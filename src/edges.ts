import type { Transformer } from 'grammy';
import type { Store } from './rollout/ports.ts';
import { redact, withoutKnown } from './secrets.ts';

/** Takes secrets out of what is said in the chat, as the last thing before it leaves. */
export function redactCalls(): Transformer {
  return (prev, method, payload, signal) => {
    const said = Object.entries(payload).flatMap(([name, value]) =>
      (name === 'text' || name === 'caption') && typeof value === 'string' ? [[name, redact(value)]] : [],
    );
    return prev(method, said.length === 0 ? payload : { ...payload, ...Object.fromEntries(said) }, signal);
  };
}

/**
 * Takes Sluice's own secrets out of what is recorded, should a command have printed one or a server echoed it. What only
 * looks like a secret stays: a journal is acted upon.
 */
export function redactedStore<S extends Store>(store: S): S {
  return {
    ...store,
    append(rollout, expected, events) {
      const text = JSON.stringify(events);
      const clean = withoutKnown(text);
      return store.append(rollout, expected, clean === text ? events : JSON.parse(clean));
    },
  };
}
