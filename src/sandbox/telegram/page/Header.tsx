import { Clock } from './Clock.tsx';
import type { Link } from './connection.ts';
import { Icon, Mark } from './icons.tsx';
import type { Theme } from './theme.ts';
import type { PanelSwitch } from './usePanel.ts';
import type { Sandbox } from './wire.ts';

interface HeaderProps {
  readonly sandbox: Sandbox;
  readonly link: Link;
  readonly typing: boolean;
  readonly theme: Theme;
  readonly onTheme: () => void;
  readonly onSpeed: (speed: number) => void;
  /** Absent where there is nothing to control. */
  readonly panel: PanelSwitch | undefined;
}

export function Header({ sandbox, link, typing, theme, onTheme, onSpeed, panel }: HeaderProps) {
  const members = [sandbox.bot, ...sandbox.people].map((m) => m.firstName).join(', ');
  return (
    <header class="header">
      <Mark />
      <div class="header-text">
        <h1>{sandbox.chatTitle}</h1>
        <p class="header-members">
          {typing ? <Typing name={sandbox.bot.firstName} /> : <span title={members}>{members}</span>}
        </p>
      </div>
      <LinkState link={link} />
      <Clock clock={sandbox.clock} onSpeed={onSpeed} />
      <button
        type="button"
        class="quiet"
        aria-label={theme === 'dark' ? 'Use light colours' : 'Use dark colours'}
        title={theme === 'dark' ? 'Light' : 'Dark'}
        onClick={onTheme}
      >
        <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
      </button>
      {panel !== undefined && (
        <button
          type="button"
          class="quiet"
          aria-label="Control panel"
          aria-expanded={panel.open}
          title="Control panel"
          onClick={panel.toggle}
        >
          <Icon name="panel" />
        </button>
      )}
    </header>
  );
}

function Typing({ name }: { name: string }) {
  return (
    <span class="typing">
      {name} is typing
      <span class="dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
    </span>
  );
}

const linkWords = { connecting: 'Connecting', live: 'Live', lost: 'Reconnecting' } satisfies Record<
  Link,
  string
>;

function LinkState({ link }: { link: Link }) {
  return (
    <span class="link-state" data-link={link} role="status" title={linkWords[link]}>
      <span class="link-word">{linkWords[link]}</span>
    </span>
  );
}
