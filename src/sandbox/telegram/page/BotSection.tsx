import { type Order, Section } from './Panel.tsx';
import { killBot } from './panelApi.ts';
import type { World } from './panelWire.ts';

const STATES = {
  alive: 'The bot is at work. Killed, it comes back after some seconds, as under a supervisor.',
  dead: 'The bot is dead. Another one comes in some seconds.',
  elsewhere: 'The bot was not started here: kill its process where it runs.',
} satisfies Record<World['bot'], string>;

export function BotSection({ bot, order }: { bot: World['bot']; order: Order }) {
  return (
    <Section title="The bot" note={STATES[bot]}>
      <div class="chips">
        <button
          type="button"
          class="chip chip-danger"
          disabled={bot !== 'alive'}
          onClick={() => order(killBot)}
        >
          Kill the bot here
        </button>
      </div>
    </Section>
  );
}
