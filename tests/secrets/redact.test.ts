import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { knowSecrets, redact, withoutKnown, withoutPasswords } from '../../src/secrets.ts';

const SECRET = 'canary/secret?with=some&signs:1234';
knowSecrets([SECRET, 'short']);

test('a known secret is gone from any text, however it is spelled, and the rest stays', () => {
  const spelled = fc.constantFrom(SECRET, encodeURIComponent(SECRET), SECRET.replaceAll('&', '&amp;'));
  fc.assert(
    fc.property(fc.string(), spelled, fc.string(), (before, secret, after) => {
      const clean = withoutKnown(`${before}${secret}${after}`);
      expect(clean).toBe(`${before}***${after}`);
    }),
    { seed: 20261122 },
  );
});

test('what is too short to be told from other words is left', () => {
  expect(redact('in short, nothing')).toBe('in short, nothing');
});

it.each([
  ['/bot7000000001:AAabcdefghijklmnopqrstuvwxyz_-01/getMe', '/bot***/getMe'],
  ['got ya29.a0AfB_byC-abcdefgh.ijk from it', 'got *** from it'],
  ['"refresh_token":"1//0eXAMPLE-abcdefghijklmnopq"', '"refresh_token":"***"'],
  ['authorization: Bearer abcdefghijklmnop.qrs/tu+v==', 'authorization: Bearer ***'],
  ['https://ada:pass@git.example.com/x.git', 'https://***@git.example.com/x.git'],
  ['https://x-token@git.example.com/x.git', 'https://***@git.example.com/x.git'],
  ['ghp_0123456789abcdefghij0123456789abcdef', '***'],
  ['eyJhbGciOiJSUzI1.eyJpc3MiOiJzbHVp.c2lnbmF0dXJl', '***'],
  ['a -----BEGIN PRIVATE KEY-----\\nMIIE\\nabc\\n-----END PRIVATE KEY-----\\n b', 'a ***\\n b'],
  ['cut -----BEGIN RSA PRIVATE KEY-----\nMIIEabc', 'cut ***'],
])('what looks like a secret: %j', (text, clean) => {
  expect(redact(text)).toBe(clean);
});

it.each([
  'Promoted at 14:05:30 by 1234567:Ada',
  'https://console.cloud.google.com/appengine/versions?project=demo',
  'mail ada@example.com, see http://127.0.0.1:8080/x@y',
  'Basic tests passed: 12',
  'sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
])('what is none stays: %s', (text) => {
  expect(redact(text)).toBe(text);
  expect(withoutPasswords(text)).toBe(text);
});

test('a line of JSON stays one', () => {
  const line = JSON.stringify({ problem: `it was ${SECRET} at https://a:b@c/`, url: 'https://a:b@c' });
  expect(JSON.parse(redact(line))).toEqual({ problem: 'it was *** at https://***@c/', url: 'https://***@c' });
});
