import { expect, test } from 'vitest';
import { readMultipart } from '../../src/sandbox/telegram/multipart.ts';
import { GROUP, TOKEN, telegram } from './support.ts';

const type = 'multipart/form-data; boundary=xyz';
const read = (text: string, contentType = type) =>
  readMultipart(Buffer.from(text), contentType).map(({ bytes, ...part }) => ({
    ...part,
    text: Buffer.from(bytes).toString(),
  }));

test('quoted and bare names, any case, content that looks like a boundary', () => {
  const body =
    '--xyz\r\ncontent-disposition:form-data;name="a"\r\n\r\n--xy\r\nz\r\n' +
    '--xyz\r\nContent-Type: text/plain\r\nContent-Disposition: form-data; filename="b \\"ü\\".txt"; name=b\r\n\r\n\r\n' +
    '--xyz\r\ncontent-disposition:form-data;name="c";filename=my chart.png\r\n\r\n1\r\n--xyz--\r\n';
  expect(read(body)).toEqual([
    { name: 'a', type: '', text: '--xy\r\nz' },
    { name: 'b', fileName: 'b "ü".txt', type: 'text/plain', text: '' },
    { name: 'c', fileName: 'my chart.png', type: '', text: '1' },
  ]);
  expect(read('--xyz--\r\n', 'multipart/form-data; boundary="xyz"')).toEqual([]);
});

test.each([
  ['--xyz\r\ncontent-disposition:form-data;name="a"\r\n\r\nx', 'the body ends before its last boundary'],
  ['--xyz\r\ncontent-disposition:form-data\r\n\r\nx\r\n--xyz--', 'a part has no name'],
  ['', 'the body ends before its last boundary'],
])('%j is refused', (body, reason) => {
  expect(() => read(body)).toThrow(reason);
});

test("the form of Node's own fetch is read too, and a torn one is a 400", async () => {
  const server = await telegram();
  const form = new FormData();
  form.set('chat_id', String(GROUP));
  form.set('caption', 'über');
  form.set('document', new Blob(['text'], { type: 'text/plain' }), 'a b.txt');
  const response = await fetch(`${server.url}/bot${TOKEN}/sendDocument`, { method: 'POST', body: form });
  expect(await response.json()).toMatchObject({
    result: { caption: 'über', document: { file_name: 'a b.txt', mime_type: 'text/plain', file_size: 4 } },
  });
  const torn = await fetch(`${server.url}/bot${TOKEN}/sendDocument`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: '--xyz\r\n',
  });
  expect(torn.status).toBe(400);
});
