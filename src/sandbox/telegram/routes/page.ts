import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Hono } from 'hono';
import { refuse } from '../../door.ts';

/** The package's root, from src/ and from dist/ alike: both lie four folders above this one. */
const ROOT = new URL('../../../../', import.meta.url);
const SOURCES = new URL('src/sandbox/telegram/page/', ROOT);
const SCRIPTS = new URL('dist/sandbox/telegram/page/', ROOT);

/** What the page's import map names, and the modules behind it. */
const VENDOR: Readonly<Record<string, string>> = {
  'preact.mjs': 'preact',
  'preact-hooks.mjs': 'preact/hooks',
  'preact-jsx-runtime.mjs': 'preact/jsx-runtime',
};

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  js: 'text/javascript; charset=utf-8',
};

const COMMON = {
  // The files change with every build and cost nothing to send again from the same machine.
  'cache-control': 'no-cache',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** The chat page: its document, its styles and compiled scripts, and the modules that they import. */
export function pageRoutes(): Hono {
  const app = new Hono();

  app.get('/', async (c) => {
    const html = await readFile(new URL('index.html', SOURCES), 'utf8');
    return c.html(html, 200, { ...COMMON, 'content-security-policy': contentSecurityPolicy(html) });
  });

  app.get('/page/:name{[\\w-]+\\.(css|svg|js)}', async (c) => {
    const name = c.req.param('name');
    const extension = name.slice(name.lastIndexOf('.') + 1);
    const folder = extension === 'js' ? SCRIPTS : SOURCES;
    const bytes = await readIfThere(new URL(name, folder));
    if (bytes === undefined) {
      const hint = extension === 'js' ? ' Run `npm run build`: it compiles the page.' : '';
      return refuse(c, 404, `There is no ${name} in ${folder.pathname}.${hint}`);
    }
    return c.body(bytes, 200, { ...COMMON, 'content-type': TYPES[extension] ?? 'application/octet-stream' });
  });

  app.get('/vendor/:name', async (c) => {
    const specifier = VENDOR[c.req.param('name')];
    if (specifier === undefined) return refuse(c, 404, `The page uses no module ${c.req.param('name')}.`);
    const path = createRequire(import.meta.url).resolve(specifier);
    return c.body(new Uint8Array(await readFile(path)), 200, {
      ...COMMON,
      'content-type': 'text/javascript; charset=utf-8',
    });
  });

  return app;
}

/**
 * Nothing from elsewhere, and no inline script but those in the document itself (its import map), by their hashes.
 * Styles set on elements by scripts need no exception: the policy counts only styles written into the document.
 */
function contentSecurityPolicy(html: string): string {
  const inline = [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)];
  const hashes = inline.map(
    ([, code = '']) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`,
  );
  return [
    "default-src 'none'",
    `script-src ${["'self'", ...hashes].join(' ')}`,
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

async function readIfThere(url: URL): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return new Uint8Array(await readFile(url));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
