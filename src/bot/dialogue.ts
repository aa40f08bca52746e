import type { NextFunction } from 'grammy';
import type { Who } from '../rollout/draft.ts';
import type { CareNote } from './care/note.ts';
import type { BotContext } from './context.ts';

/** What the `/deploy` wizard is begun with. */
export interface WizardStart {
  readonly starter: Who;
  readonly chat: { readonly id: number; readonly topic?: number };
  /** What the command said already. */
  readonly words?: string;
}

/** Somebody who wants something that takes a written reason. */
export type Plea = Overruling | OpenClosing | Holding;

interface Asking {
  readonly rollout: string;
  readonly by: Who;
}

/** Going on against a weak verdict, or in spite of failed checks. */
interface Overruling extends Asking {
  readonly kind: 'overrule';
  readonly gate: string;
  readonly revision: number;
  readonly of: 'promote' | 'validate' | 'verify';
}

/** Going on although required items of the checklist are open. */
interface OpenClosing extends Asking {
  readonly kind: 'close-checklist';
  readonly open: readonly string[];
}

interface Holding extends Asking {
  readonly kind: 'hold';
}

/** Somebody who has something to say of an item in a section of a checklist. */
export interface Remark {
  readonly rollout: string;
  readonly section: number;
  readonly by: Who;
}

/** A dialogue with one person, and what it is begun with. */
export type Dialogue =
  | { readonly name: 'deploy'; readonly argument: WizardStart }
  | { readonly name: 'reason'; readonly argument: Plea }
  | { readonly name: 'waive'; readonly argument: Remark }
  | { readonly name: 'note'; readonly argument: Remark }
  | { readonly name: 'care-note'; readonly argument: CareNote };

/**
 * Leaves whatever this person was in and begins a dialogue. The handlers stand above the dialogues, where these cannot
 * be entered yet; so the wish travels down with the update.
 */
export async function openDialogue(ctx: BotContext, next: NextFunction, dialogue: Dialogue): Promise<void> {
  if (await ctx.hasBegun?.()) return;
  await ctx.conversation.exitAll();
  ctx.dialogue = dialogue;
  await next();
}
