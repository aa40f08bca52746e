import { useState } from 'preact/hooks';
import type { Actions } from './actions.ts';
import { Icon } from './icons.tsx';
import type { RichButton } from './richWire.ts';
import type { InlineButton, Message } from './wire.ts';

interface KeyboardProps {
  readonly message: Message;
  readonly rows: readonly (readonly InlineButton[])[];
  readonly actions: Actions;
}

/** The buttons under a message. A pressed one turns until the bot has answered the tap. */
export function Keyboard({ message, rows, actions }: KeyboardProps) {
  return (
    <div class="keyboard">
      {rows.map((row) => (
        <div key={row.map((b) => b.callback_data ?? b.text).join()} class="keyboard-row">
          {row.map((button) => (
            <Button key={button.callback_data ?? button.text} {...{ message, button, actions }} />
          ))}
        </div>
      ))}
    </div>
  );
}

interface ButtonProps {
  readonly message: Message;
  readonly button: InlineButton | RichButton;
  readonly actions: Actions;
}

/** A button, under a message or within a rich one. */
export function Button({ message, button, actions }: ButtonProps) {
  // Each person has own actions: somebody else may tap the same button meanwhile.
  const [pressedBy, setPressedBy] = useState<Actions>();
  const busy = pressedBy === actions;
  const { url, copy_text: copy } = button;

  if (url !== undefined) {
    return (
      <a class="key" data-style={button.style} href={url} target="_blank" rel="noopener noreferrer">
        {button.text}
        <Icon name="link" />
      </a>
    );
  }
  if (copy !== undefined) {
    return (
      <button type="button" class="key" data-style={button.style} onClick={() => actions.copy(copy.text)}>
        {button.text}
        <Icon name="copy" />
      </button>
    );
  }
  if (button.disabled !== undefined) {
    return (
      <button type="button" class="key" data-style={button.style} disabled>
        {button.text}
      </button>
    );
  }
  async function press() {
    if (busy) return;
    setPressedBy(actions);
    await actions.press(message, button);
    setPressedBy((by) => (by === actions ? undefined : by));
  }
  return (
    <button type="button" class="key" data-style={button.style} aria-busy={busy} onClick={press}>
      {button.text}
      {busy && <span class="spinner" aria-hidden="true" />}
    </button>
  );
}
