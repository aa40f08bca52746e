import { Mark } from './icons.tsx';

interface AvatarProps {
  readonly id: number;
  readonly name: string;
  readonly bot: boolean;
}

/** Initials on one of six colours; the bot wears the mark. Says nothing to screen readers: the name stands beside it. */
export function Avatar({ id, name, bot }: AvatarProps) {
  if (bot) {
    return (
      <span class="avatar avatar-bot" aria-hidden="true">
        <Mark />
      </span>
    );
  }
  return (
    <span class="avatar" data-hue={hueOf(id)} aria-hidden="true">
      {initials(name)}
    </span>
  );
}

/** Which of the six colours belongs to a user id. */
export function hueOf(id: number): number {
  return Math.abs(id) % 6;
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const last = words.length > 1 ? words.at(-1) : undefined;
  return [words[0], last].map((word) => [...(word ?? '')][0] ?? '').join('');
}
