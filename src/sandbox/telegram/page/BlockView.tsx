import type { Actions } from './actions.ts';
import { Bubble } from './Bubble.tsx';
import type { Block } from './blocks.ts';
import { toRows } from './grouping.ts';
import { memo } from './memo.ts';
import type { Person } from './wire.ts';

interface BlockViewProps {
  readonly block: Block;
  readonly me: Person;
  /** User id to the role shown beside the name. */
  readonly roles: ReadonlyMap<number, string | undefined>;
  readonly actions: Actions;
}

/** One block of bubbles. The browser skips the layout of blocks that are out of sight. */
export const BlockView = memo(function BlockView({ block, me, roles, actions }: BlockViewProps) {
  return (
    <div class="block">
      {toRows(block.messages, block.before, block.after).map((row) => (
        <Bubble
          key={row.message.message_id}
          {...row}
          mine={row.message.from.id === me.id}
          role={roles.get(row.message.from.id)}
          actions={actions}
        />
      ))}
    </div>
  );
});
