import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const scripts = new URL('../../dist/sandbox/telegram/page/', import.meta.url);
const html = readFileSync(new URL('../../src/sandbox/telegram/page/index.html', import.meta.url), 'utf8');

it('asks at once for exactly the modules that the page imports', () => {
  const map: { imports: Record<string, string> } = JSON.parse(
    /<script type="importmap">([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '',
  );
  const needed = new Set<string>();
  function follow(name: string) {
    const source = readFileSync(new URL(name, scripts), 'utf8');
    for (const [, specifier = ''] of source.matchAll(/^(?:import|export)\b[^;]*?from ['"]([^'"]+)['"]/gm)) {
      const address = map.imports[specifier] ?? specifier.replace('./', '/page/');
      if (needed.has(address)) continue;
      needed.add(address);
      if (address.startsWith('/page/')) follow(address.slice('/page/'.length));
    }
  }
  follow('main.js');

  const preloaded = [...html.matchAll(/rel="modulepreload" href="([^"]+)"/g)].map(([, address]) => address);
  expect(preloaded.toSorted()).toEqual([...needed].toSorted());
});
