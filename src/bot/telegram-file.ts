import type { Api } from 'grammy';

/** Bytes that a bot may fetch (core.telegram.org/bots/api#getfile). */
const LARGEST = 20 * 1024 * 1024;
/** Real milliseconds. */
const TIMEOUT_MS = 60_000;

/**
 * The bytes of a file that somebody sent.
 * @param size as the message says it, when it does.
 * @throws Error with a sentence fit for the chat; it never holds the address, which has the token in it.
 */
export async function fetchFile(api: Api, fileId: string, size?: number): Promise<Uint8Array> {
  if (size !== undefined && size > LARGEST) throw tooBig(size);
  const file = await api.getFile(fileId).catch((error: Error) => {
    if (/file is too big/.test(error.message)) throw tooBig();
    throw error;
  });
  const root = api.options?.apiRoot ?? 'https://api.telegram.org';
  const reply = await fetch(`${root}/file/bot${api.token}/${file.file_path}`, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => undefined);
  if (!reply?.ok) {
    const why = reply ? `answered ${reply.status}` : 'did not answer in time';
    throw new Error(`Telegram ${why} when I fetched the file, so nothing was kept. Please send it again.`);
  }
  return new Uint8Array(await reply.arrayBuffer());
}

function tooBig(size?: number): Error {
  const has = size === undefined ? 'is larger' : `has ${Math.ceil(size / 1024 / 1024)} MB`;
  return new Error(
    `Telegram lets bots fetch files of up to 20 MB, and this one ${has}. Put it elsewhere and note its address.`,
  );
}
