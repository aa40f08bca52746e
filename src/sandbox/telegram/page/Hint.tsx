import type { Actions } from './actions.ts';
import { Mark } from './icons.tsx';
import type { Person } from './wire.ts';

/** What a newcomer sees in an empty chat. */
export function Hint({ me, actions }: { me: Person; actions: Actions }) {
  const role = me.roles[0];
  return (
    <div class="hint">
      <Mark />
      <p>
        You are <b>{me.firstName}</b>, {role === undefined ? 'a bystander' : `the ${role}`}.
      </p>
      <p>
        Type{' '}
        <button type="button" class="command" onClick={() => actions.send('/deploy')}>
          /deploy
        </button>{' '}
        to take a release through the gate.
      </p>
    </div>
  );
}
