import { useEffect, useState } from 'preact/hooks';
import type { World } from './panelWire.ts';

/** The local world, kept up to date while the page is in sight; nothing where there is none. */
export function useWorld(there: boolean): World | undefined {
  const [world, setWorld] = useState<World>();
  const seen = useInSight();
  useEffect(() => {
    if (!there || !seen) return;
    // The browser opens it again by itself after a break.
    const stream = new EventSource('/_sandbox/panel/live');
    stream.addEventListener('panel', (event) => setWorld(JSON.parse(event.data)));
    return () => stream.close();
  }, [there, seen]);
  return world;
}

/** Browsers keep six connections to a host: a page in the background must not hold one. */
function useInSight(): boolean {
  const [seen, setSeen] = useState(() => document.visibilityState === 'visible');
  useEffect(() => {
    const look = () => setSeen(document.visibilityState === 'visible');
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  return seen;
}
