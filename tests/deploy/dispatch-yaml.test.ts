import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDispatchYaml } from '../../src/deploy/dispatch/read.ts';
import { temporaryFolder } from './local-app-engine.ts';

async function read(text: string) {
  const file = join(await temporaryFolder(), 'dispatch.yaml');
  await writeFile(file, text);
  return readDispatchYaml(file);
}

describe('dispatch.yaml becomes what gcloud sends', () => {
  it('in the order of the file', async () => {
    const rules = await read(`
dispatch:
- {url: '*/work/*', service: worker}
- {url: 'shop.example.com/', service: shop}
- {url: '*.example.com/a//*', module: old}
- {url: '*-x.example.com/pre*', service: pre}
`);
    expect(rules).toEqual([
      { domain: '*', path: '/work/*', service: 'worker' },
      { domain: 'shop.example.com', path: '/', service: 'shop' },
      { domain: '*.example.com', path: '/a/*', service: 'old' },
      { domain: '*-x.example.com', path: '/pre*', service: 'pre' },
    ]);
  });

  it('without rules', async () => {
    expect(await read('dispatch: []\n')).toEqual([]);
    expect(await read('application: ~\ndispatch:\n')).toEqual([]);
  });

  it.each([
    ['', /is empty: write "dispatch: \[\]"/],
    ['application: shop\ndispatch: []\n', /line 1: "application" does not belong here/],
    ['dispatch:\n- {url: /a, service: x}\n', /line 2: dispatch\[0\]\.url must be a host and a path/],
    ['dispatch:\n- {url: Shop.example.com/, service: x}\n', /must begin with a host in small letters/],
    ['dispatch:\n- {url: 10.0.0.1/, service: x}\n', /must name a host, not an address/],
    ['dispatch:\n- {url: "**/a", service: x}\n', /must begin with a host such as/],
    ['dispatch:\n- {url: "*/a"}\n', /dispatch\[0\] needs service/],
    ['dispatch:\n- {url: "*/a", service: xx, module: yy}\n', /module is the old name of service/],
    ['dispatch:\n- {url: "*/a", servce: x}\n', /Did you mean "service"\?/],
    [`dispatch:\n- {url: "*/${'a'.repeat(100)}", service: x}\n`, /100 characters at most/],
    [`dispatch:\n${'- {url: "*/a", service: x}\n'.repeat(21)}`, /21 rules; App Engine takes 20/],
  ])('refuses %j', async (text, sentence) => {
    await expect(read(text)).rejects.toThrow(sentence);
  });
});
