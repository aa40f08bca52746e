import { useLayoutEffect, useState } from 'preact/hooks';
import { recall, remember } from './memory.ts';

export type Theme = 'light' | 'dark';

/** The colours in use and a way to change them: the system's until the person says otherwise. */
export function useTheme(): readonly [Theme, () => void] {
  const [chosen, setChosen] = useState<Theme | undefined>(() => {
    const kept = recall(localStorage, 'theme');
    return kept === 'light' || kept === 'dark' ? kept : undefined;
  });
  const [system, setSystem] = useState(systemTheme);

  useLayoutEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const onChange = () => setSystem(systemTheme());
    query.addEventListener('change', onChange);
    return () => query.removeEventListener('change', onChange);
  }, []);

  const theme = chosen ?? system;
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);

  function toggle() {
    const next = theme === 'dark' ? 'light' : 'dark';
    remember(localStorage, 'theme', next);
    setChosen(next);
  }
  return [theme, toggle];
}

function systemTheme(): Theme {
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}
