import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from './icons.tsx';

/** Real milliseconds that a toast stays. */
const TOAST = 4000;

export interface Notice {
  readonly text: string;
  readonly tone: 'plain' | 'error';
}

/** A line that comes and goes: a bot's short answer to a tap, or what went wrong. */
export function Toast({ notice, onGone }: { notice: Notice | undefined; onGone: () => void }) {
  useEffect(() => {
    if (notice === undefined) return;
    const timer = setTimeout(onGone, TOAST);
    return () => clearTimeout(timer);
  }, [notice, onGone]);
  return (
    <div class="toast-place" role="status">
      {notice !== undefined && (
        <div class="toast" data-tone={notice.tone}>
          {notice.text}
        </div>
      )}
    </div>
  );
}

/** The bot's answer to a tap when it wants to be read: stays until it is closed. */
export function Alert({ from, text, onClose }: { from: string; text: string; onClose: () => void }) {
  return (
    <Modal class="alert" label={`${from} says`} onClose={onClose}>
      <h2>{from}</h2>
      <p>{text}</p>
      <button type="button" class="key" data-style="primary" onClick={onClose}>
        OK
      </button>
    </Modal>
  );
}

export function PhotoView({ url, title, onClose }: { url: string; title: string; onClose: () => void }) {
  return (
    <Modal class="viewer" label={title === '' ? 'Photo' : title} onClose={onClose}>
      <img src={url} alt={title} />
      <button type="button" class="viewer-close" aria-label="Close" onClick={onClose}>
        <Icon name="close" />
      </button>
    </Modal>
  );
}

interface ModalProps {
  readonly class: string;
  readonly label: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A native dialog: it holds the focus, closes on Escape and on a click beside it, and gives the focus back. */
function Modal({ class: name, label, onClose, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself
    <dialog
      ref={dialog}
      class={name}
      aria-label={label}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      {children}
    </dialog>
  );
}
