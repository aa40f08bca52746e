import type { View } from './buttons.ts';
import { html } from './html.ts';
import { listShort } from './views/words.ts';

/** A file of the data folder that could not be used. */
export interface Damaged {
  readonly file: string;
  /** Under which name it is kept. */
  readonly kept?: string;
  /** What that means and what to do, in sentences. */
  readonly say: string;
}

/** Said once of what a start, or somebody who asked for it, has found damaged. */
export function damageView(damages: readonly Damaged[]): View {
  const lines = damages.map(
    ({ file, kept, say }) =>
      html`• <code>${file}</code>${kept === undefined ? '' : html`, kept as <code>${kept}</code>`}. ${say}`,
  );
  return {
    html: html`⚠️ <b>Some of Sluice’s data could not be used.</b> All else goes on.\n${listShort(lines)}`.text,
  };
}
