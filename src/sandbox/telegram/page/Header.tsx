import { useEffect, useState } from 'preact/hooks';
import type { Link } from './connection.ts';
import { Icon, Mark } from './icons.tsx';
import type { Theme } from './theme.ts';
import { faceOf, sandboxNow, untilNextTick } from './time.ts';
import type { ClockReading, Sandbox } from './wire.ts';

interface HeaderProps {
  readonly sandbox: Sandbox;
  readonly link: Link;
  readonly typing: boolean;
  readonly theme: Theme;
  readonly onTheme: () => void;
}

export function Header({ sandbox, link, typing, theme, onTheme }: HeaderProps) {
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
      <ClockFace clock={sandbox.clock} />
      <button
        type="button"
        class="quiet"
        aria-label={theme === 'dark' ? 'Use light colours' : 'Use dark colours'}
        title={theme === 'dark' ? 'Light' : 'Dark'}
        onClick={onTheme}
      >
        <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
      </button>
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

/** The sandbox's time, ticking at its own speed. */
function ClockFace({ clock }: { clock: ClockReading }) {
  const [now, setNow] = useState(() => sandboxNow(clock));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    function tick() {
      const reading = sandboxNow(clock);
      setNow(reading);
      timer = setTimeout(tick, untilNextTick(reading, clock.speed));
    }
    tick();
    return () => clearTimeout(timer);
  }, [clock]);

  const face = faceOf(now, clock.speed);
  const speed = clock.speed === 1 ? 'as fast as life' : `${clock.speed} times as fast as life`;
  return (
    <div class="clock" role="timer" aria-label="Sandbox clock" title={`The sandbox's clock, ${speed}`}>
      <span class="clock-time">{face.time}</span>
      <span class="clock-date">
        {face.date}
        {clock.speed !== 1 && <span class="clock-speed">×{clock.speed}</span>}
      </span>
    </div>
  );
}
