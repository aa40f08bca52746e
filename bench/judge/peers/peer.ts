import type { Header, Tick } from '../wire.ts';

/** What a peer makes of a tick. The first "rollback" is final; "promote" and "hold" count at the end of the window. */
export type Word = 'continue' | 'hold' | 'promote' | 'rollback';

/** A rule set up for one window; each tick brings the points that came in since the last one. */
export type Peer = (header: Header) => (tick: Tick) => Word;
