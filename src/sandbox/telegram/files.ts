import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { ApiError, badRequest } from './errors.ts';
import { mimeOf } from './file-types.ts';
import { imageSize } from './image.ts';
import type { Ledger } from './ledger.ts';
import type { Document, PhotoSize } from './model.ts';
import type { Params, Upload } from './params.ts';
import type { StoredFile } from './state.ts';

/** Bytes (core.telegram.org/bots/api#sending-files). */
const MAX_PHOTO = 10 * 1024 * 1024;
const MAX_UPLOAD = 50 * 1024 * 1024;
/** Pixels, and the ratio of the sides (core.telegram.org/bots/api#sendphoto). */
const MAX_SIDES = 10_000;
const MAX_RATIO = 20;

const PREFIX = { photo: 'AgAC', document: 'BQAC' } as const;

/** The files that were sent: their bytes in a folder, what is known of them in the ledger. */
export class Files {
  readonly #dir: string;
  readonly #ledger: Ledger;

  constructor(dataDir: string, ledger: Ledger) {
    this.#dir = join(dataDir, 'files');
    this.#ledger = ledger;
    mkdirSync(this.#dir, { recursive: true });
  }

  /**
   * The file that a call names in a field: an upload of that name, `attach://name`, or the id of a file sent before.
   * @throws ApiError when there is none, or it is too large, or no image where a photo is asked for.
   */
  take(kind: StoredFile['kind'], reference: string, field: string, params: Params): StoredFile {
    const upload = reference.startsWith('attach://')
      ? params.uploads.get(reference.slice('attach://'.length))
      : params.uploads.get(field);
    if (upload !== undefined) return this.keep(kind, upload);
    if (reference === '' || reference.startsWith('attach://')) {
      throw badRequest(`there is no ${kind} in the request`);
    }
    const known = this.#ledger.state.files.get(uniqueIdOf(kind, reference));
    if (known !== undefined) return known;
    if (/^https?:/i.test(reference)) {
      throw badRequest('the sandbox does not fetch files from the web; upload the file instead');
    }
    throw badRequest('wrong file identifier/HTTP URL specified');
  }

  byFileId(fileId: string): StoredFile | undefined {
    const { files } = this.#ledger.state;
    return files.get(uniqueIdOf('photo', fileId)) ?? files.get(uniqueIdOf('document', fileId));
  }

  byUniqueId(id: string): StoredFile | undefined {
    return this.#ledger.state.files.get(id);
  }

  read(file: StoredFile): Uint8Array<ArrayBuffer> {
    return new Uint8Array(readFileSync(join(this.#dir, file.uniqueId)));
  }

  /** Takes in a file. @throws ApiError when it is empty or too large, or no image where a photo is asked for. */
  keep(kind: StoredFile['kind'], upload: Upload): StoredFile {
    const file = describe(kind, upload);
    if (this.#ledger.state.files.has(file.uniqueId)) return file;
    const path = join(this.#dir, file.uniqueId);
    // Aside first: a crash must not leave half a file under its final name.
    writeFileSync(`${path}.new`, upload.bytes);
    renameSync(`${path}.new`, path);
    this.#ledger.commit({ do: 'file', file });
    return file;
  }
}

export function photoSize(file: StoredFile): PhotoSize {
  const { uniqueId, width, height, size } = file;
  return { file_id: fileId(file), file_unique_id: uniqueId, width, height, file_size: size };
}

export function documentOf(file: StoredFile): Document {
  const { uniqueId, name, mime, size } = file;
  return {
    file_id: fileId(file),
    file_unique_id: uniqueId,
    file_name: name,
    mime_type: mime,
    file_size: size,
  };
}

export function fileId(file: StoredFile): string {
  return PREFIX[file.kind] + file.uniqueId;
}

/** Where `/file/bot<token>/` finds it. */
export function filePath(file: StoredFile): string {
  return `${file.kind}s/${file.uniqueId}${extname(file.name)}`;
}

function uniqueIdOf(kind: StoredFile['kind'], id: string): string {
  return id.startsWith(PREFIX[kind]) ? id.slice(PREFIX[kind].length) : '';
}

function describe(kind: StoredFile['kind'], { name, type, bytes }: Upload): StoredFile {
  const size = bytes.byteLength;
  if (size === 0) throw badRequest('file must be non-empty');
  if (size > MAX_UPLOAD) throw new ApiError(413, 'Request Entity Too Large');
  const uniqueId = createHash('sha256').update(kind).update(bytes).digest('base64url').slice(0, 20);
  if (kind === 'document') {
    // One content under two names is two documents.
    const named = createHash('sha256').update(uniqueId).update(name).digest('base64url').slice(0, 20);
    const mime = mimeOf(name, type);
    return { uniqueId: named, kind, name: basename(name) || 'file', mime, size, width: 0, height: 0 };
  }
  if (size > MAX_PHOTO) {
    throw badRequest(
      `file of size ${size} bytes is too big for a photo; the maximum size is ${MAX_PHOTO} bytes`,
    );
  }
  const image = imageSize(bytes);
  if (image === undefined) throw badRequest('IMAGE_PROCESS_FAILED');
  const { width, height, mime } = image;
  const ratio = Math.max(width, height) / Math.min(width, height);
  if (width + height > MAX_SIDES || !(ratio <= MAX_RATIO)) throw badRequest('PHOTO_INVALID_DIMENSIONS');
  return { uniqueId, kind, name: `photo.${mime.slice('image/'.length)}`, mime, size, width, height };
}
