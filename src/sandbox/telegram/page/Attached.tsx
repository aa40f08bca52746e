import type { RefObject } from 'preact';
import type { Attachment } from './api.ts';
import { Icon } from './icons.tsx';
import { sizeOf } from './Media.tsx';

/** What Telegram shows as a photo. */
const PHOTO = /^image\/(png|jpeg|webp)$/;

export function attachmentOf(file: File): Attachment {
  return { file, kind: PHOTO.test(file.type) ? 'photo' : 'document' };
}

interface ClipProps {
  /** Where the focus goes once a file is chosen. */
  readonly input: RefObject<HTMLTextAreaElement | null>;
  readonly onFile: (file: File) => void;
}

/** Chooses a file to be sent. */
export function Clip({ input, onFile }: ClipProps) {
  return (
    <label class="quiet clip" title="Attach a photo or a file">
      <Icon name="clip" />
      <input
        type="file"
        aria-label="Attach a photo or a file"
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file !== undefined) onFile(file);
          // The same file may be chosen again.
          event.currentTarget.value = '';
          input.current?.focus();
        }}
      />
    </label>
  );
}

interface AttachedProps {
  readonly attachment: Attachment;
  readonly onChange: (attachment: Attachment | undefined) => void;
}

/** The file that goes with the next message. */
export function Attached({ attachment, onChange }: AttachedProps) {
  const { file, kind } = attachment;
  return (
    <div class="reply-bar">
      <Icon name="clip" />
      <span class="reply-bar-text">
        <b>{file.name}</b>
        <span>{sizeOf(file.size)}</span>
      </span>
      {PHOTO.test(file.type) && (
        <label class="as-file">
          <input
            type="checkbox"
            checked={kind === 'document'}
            onChange={(event) => onChange({ file, kind: event.currentTarget.checked ? 'document' : 'photo' })}
          />
          As a file
        </label>
      )}
      <button
        type="button"
        class="quiet"
        aria-label={`Do not send ${file.name}`}
        onClick={() => onChange(undefined)}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
