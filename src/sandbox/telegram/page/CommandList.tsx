import type { Command } from './wire.ts';

interface CommandListProps {
  readonly offered: readonly Command[];
  readonly current: Command | undefined;
  readonly onChoose: (command: Command) => void;
}

export function optionId(command: Command): string {
  return `command-${command.command}`;
}

/** What can follow the slash. The focus stays in the text; the arrows move the choice. */
export function CommandList({ offered, current, onChoose }: CommandListProps) {
  return (
    <div id="commands" class="commands" role="listbox" aria-label="Commands" hidden={offered.length === 0}>
      {offered.map((command) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the text box keeps the focus, aria-activedescendant names the choice
        // biome-ignore lint/a11y/useKeyWithClickEvents: the text box listens to the keys
        <div
          key={command.command}
          id={optionId(command)}
          class="command-option"
          role="option"
          aria-selected={command === current}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onChoose(command)}
        >
          <b>/{command.command}</b>
          <span>{command.description}</span>
        </div>
      ))}
    </div>
  );
}
