import { badRequest } from '../errors.ts';
import { type Files, fileId, filePath } from '../files.ts';
import type { Methods } from './table.ts';

/** Bytes that a bot may fetch (core.telegram.org/bots/api#getfile). */
const MAX_DOWNLOAD = 20 * 1024 * 1024;

export function fileMethods(files: Files): Methods {
  return {
    getFile: (params) => {
      const id = params.text('file_id');
      if (id === '') throw badRequest('file_id not specified');
      const file = files.byFileId(id);
      if (file === undefined) throw badRequest('wrong file_id or the file is temporarily unavailable');
      if (file.size > MAX_DOWNLOAD) throw badRequest('file is too big');
      return {
        file_id: fileId(file),
        file_unique_id: file.uniqueId,
        file_size: file.size,
        file_path: filePath(file),
      };
    },
  };
}
