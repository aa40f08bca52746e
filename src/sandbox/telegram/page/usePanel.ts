import { useEffect, useState } from 'preact/hooks';
import { recall, remember } from './memory.ts';

/** Whether the control panel is shown, and what changes that. */
export interface PanelSwitch {
  readonly open: boolean;
  readonly toggle: () => void;
}

/** Whether the panel has room beside the chat; else it lies over it. */
export function isWide(): boolean {
  return matchMedia('(min-width: 1181px)').matches;
}

/** Open where there is room for it, until the person says otherwise; a scenario that begins opens it there, too. */
export function usePanel(playing: boolean): PanelSwitch {
  const [open, setOpen] = useState(() => isWide() && recall(localStorage, 'panel') !== 'closed');
  useEffect(() => {
    if (playing && isWide()) setOpen(true);
  }, [playing]);
  function toggle() {
    remember(localStorage, 'panel', open ? 'closed' : 'open');
    setOpen(!open);
  }
  return { open, toggle };
}
