/** The files that were dropped or chosen, folders looked through to their ground. */

/** A file and where it lay below what was dropped. */
export interface Found {
  readonly file: File;
  /** The folders above it and its name, with slashes. */
  readonly path: string;
}

/** Folders deeper than this are not looked into: links can make circles. */
const DEPTH_MAX = 32;

/**
 * The files of a drop. The entries have to be taken at once, while the event lasts; the folders are
 * looked through afterwards.
 */
export function dropped(transfer: DataTransfer): AsyncGenerator<Found> {
  const entries: FileSystemEntry[] = [];
  const loose: File[] = [];
  for (const item of transfer.items) {
    if (item.kind !== "file") continue;
    const entry = item.webkitGetAsEntry?.();
    if (entry) entries.push(entry);
    else {
      const file = item.getAsFile();
      if (file) loose.push(file);
    }
  }
  return walk(entries, loose);
}

/** The files of a box for choosing them; those of a folder bear their way in it. */
export function* chosen(files: Iterable<File>): Generator<Found> {
  for (const file of files) {
    const path = file.webkitRelativePath || file.name;
    if (!isOfTheSystem(path)) yield { file, path };
  }
}

/** Whether a drag brings files. */
export function bringsFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes("Files") ?? false;
}

/** What systems leave in folders, and what hides: nobody means to put it into a library. */
export function isOfTheSystem(path: string): boolean {
  return path
    .split("/")
    .some(
      (part) =>
        part.startsWith(".") || /^(__MACOSX|Thumbs\.db|desktop\.ini|\$RECYCLE\.BIN)$/i.test(part),
    );
}

async function* walk(
  entries: readonly FileSystemEntry[],
  loose: readonly File[],
): AsyncGenerator<Found> {
  yield* chosen(loose);
  for (const entry of entries) yield* below(entry, "", 0);
}

async function* below(entry: FileSystemEntry, way: string, depth: number): AsyncGenerator<Found> {
  const path = way + entry.name;
  if (isOfTheSystem(entry.name)) return;
  if (entry.isFile) {
    try {
      yield { file: await fileOf(entry as FileSystemFileEntry), path };
    } catch {
      // Gone or locked since: as if it had not been there.
    }
    return;
  }
  if (!entry.isDirectory || depth >= DEPTH_MAX) return;
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A browser gives a folder's entries in pieces, 100 at a time.
    const piece = await new Promise<FileSystemEntry[]>((resolve) =>
      reader.readEntries(resolve, () => resolve([])),
    );
    if (piece.length === 0) return;
    for (const child of piece) yield* below(child, `${path}/`, depth + 1);
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}
