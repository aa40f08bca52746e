import { Avatar } from './Avatar.tsx';
import type { Person } from './wire.ts';

interface PeopleProps {
  readonly people: readonly Person[];
  readonly me: Person;
  /** `byPointer` tells a tap from the arrow keys: only after a tap should the text box take the focus. */
  readonly onSwitch: (person: Person, byPointer: boolean) => void;
}

/** Who one is in this chat. Native radio buttons, so that Tab and the arrows work as everywhere. */
export function People({ people, me, onSwitch }: PeopleProps) {
  return (
    <fieldset class="people">
      <legend>You are</legend>
      {people.map((person) => (
        <label key={person.id} class="person">
          <input
            type="radio"
            name="person"
            checked={person.id === me.id}
            onClick={(event) => onSwitch(person, event.detail > 0)}
          />
          <Avatar id={person.id} name={person.firstName} bot={false} />
          <span class="person-text">
            <span class="person-name">{person.firstName}</span>
            <span class="person-role">{person.roles.join(', ') || 'bystander'}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
