import type { NextFunction } from 'grammy';
import type { Actor } from '../rollout/answers.ts';
import type { Who } from '../rollout/events.ts';
import type { BotContext } from './context.ts';

/** What the `/deploy` wizard is begun with. */
export interface WizardStart {
  readonly starter: Who;
  readonly chat: { readonly id: number; readonly topic?: number };
  /** Named in the command already. */
  readonly service?: string;
}

/** An approver who wants to go on against a weak verdict. */
export interface Overruling {
  readonly gate: string;
  readonly revision: number;
  readonly actor: Actor;
}

/** Somebody who says that an item of a checklist does not apply. */
export interface Waiver {
  readonly rollout: string;
  readonly section: number;
  readonly actor: Actor;
}

/** A dialogue with one person, and what it is begun with. */
export type Dialogue =
  | { readonly name: 'deploy'; readonly argument: WizardStart }
  | { readonly name: 'checklist'; readonly argument: string }
  | { readonly name: 'reason'; readonly argument: Overruling }
  | { readonly name: 'waive'; readonly argument: Waiver };

/**
 * Leaves whatever this person was in and begins a dialogue. The handlers stand above the dialogues, where these cannot
 * be entered yet; so the wish travels down with the update.
 */
export async function openDialogue(ctx: BotContext, next: NextFunction, dialogue: Dialogue): Promise<void> {
  await ctx.conversation.exitAll();
  ctx.dialogue = dialogue;
  await next();
}
