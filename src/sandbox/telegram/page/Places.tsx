import { Icon } from './icons.tsx';
import type { Sandbox } from './wire.ts';

/** Where else to look in the sandbox. Nothing on a phone's width. */
export function Places({ sandbox }: { sandbox: Sandbox }) {
  return (
    <nav class="places" aria-label="Running here">
      <h2>Running here</h2>
      {sandbox.proxy !== undefined && (
        <a href={sandbox.proxy} target="_blank" rel="noopener noreferrer">
          <span>
            <b>The app</b>
            <small>through the traffic split</small>
          </span>
          <Icon name="link" />
        </a>
      )}
      <a href="/_sandbox" target="_blank" rel="noopener noreferrer">
        <span>
          <b>Sandbox</b>
          <small>addresses, people, clock as JSON</small>
        </span>
        <Icon name="link" />
      </a>
    </nav>
  );
}
