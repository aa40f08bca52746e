import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { chmod, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { moveDurably } from '../store/durable.ts';
import { stamp } from './line.ts';

const FILE = 'audit-key.pem';
/** Only the account that Sluice runs under may read the private key. */
const MODE = 0o600;

/** A file that should hold the key does not. */
class NoKey extends Error {
  override name = 'NoKey';
}

/** What heads are signed with. The private key never leaves it. */
export interface Signer {
  /** As it is shown: the 32 bytes of an Ed25519 key in base64url. */
  readonly publicKey: string;
  /** The 64 bytes of the signature in base64url. The same text gives the same one (RFC 8032). */
  sign(text: string): string;
}

/**
 * Reads the key pair of a data folder, or makes it. A file that holds no key is put aside.
 * @param failed told of that.
 */
export async function openSigner(
  folder: string,
  now: number,
  failed: (error: Error) => void,
): Promise<{ signer: Signer; made: boolean }> {
  const known = await readSigner(folder).catch(async (error: Error) => {
    if (!(error instanceof NoKey)) throw error;
    failed(error);
    const path = join(folder, FILE);
    await moveDurably(path, `${path}.broken-${stamp(now)}`);
    return undefined;
  });
  if (known) {
    // A copy of the folder may have lost the rights.
    await chmod(join(folder, FILE), MODE);
    return { signer: known, made: false };
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  const path = join(folder, FILE);
  const file = await open(`${path}~`, 'w', MODE);
  try {
    await file.chmod(MODE);
    await file.writeFile(privateKey.export({ format: 'pem', type: 'pkcs8' }));
    await file.sync();
  } finally {
    await file.close();
  }
  await moveDurably(`${path}~`, path);
  return { signer: signerOf(privateKey), made: true };
}

/** The key pair of a data folder; undefined when there is none. Changes nothing. @throws Error with a sentence */
export async function readSigner(folder: string): Promise<Signer | undefined> {
  const path = join(folder, FILE);
  let pem: string;
  try {
    pem = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return signerOf(createPrivateKey(pem));
  } catch {
    // The error's own words might quote the key.
    throw new NoKey(
      `${path} should hold the Ed25519 key that the audit's heads are signed with, but does not. The bot makes a new one at its next start; bring the old one back before, or check short heads of before no more.`,
    );
  }
}

/** @param publicKey as {@link Signer} shows it. @throws Error with a sentence when it is none */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  return verify(null, Buffer.from(text), keyOf(publicKey), Buffer.from(signature, 'base64url'));
}

function keyOf(publicKey: string): KeyObject {
  try {
    return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: publicKey } });
  } catch {
    throw new Error(
      `A public key should be the 43 characters that 'sluice audit key' prints, not '${publicKey.slice(0, 60)}'.`,
    );
  }
}

function signerOf(privateKey: KeyObject): Signer {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (privateKey.asymmetricKeyType !== 'ed25519' || x === undefined) throw new Error('Not an Ed25519 key.');
  return {
    publicKey: x,
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64url'),
  };
}
