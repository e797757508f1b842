/** What may go wrong with files: typed, with the errno where the system gave one. */
import { Schema } from "effect"
import { type ErrorDocs, Told } from "./Failure.ts"

const Io = { ...Told, path: Schema.String, operation: Schema.String, errno: Schema.String }

/** A call of the operating system failed; `errno` is its name, e.g. `EACCES`. */
export class IoFailed extends Schema.TaggedError<IoFailed>()("IoFailed", Io) {
  static readonly docs: ErrorDocs = {
    summary: "The operating system refused an operation on a file.",
    hint: "Look at the path and the errno: permissions, mount options and limits are the usual causes.",
    example: "cannot read data/a.txt: permission denied (EACCES)"
  }
  static readonly exit = 3
}

/** No room: `ENOSPC`, `EDQUOT` or `EFBIG`. Nothing was replaced. */
export class DiskFull extends Schema.TaggedError<DiskFull>()("DiskFull", Io) {
  static readonly docs: ErrorDocs = {
    summary: "A file could not be written because there is no room for it.",
    hint: "Free some space or raise the quota, then run the same command again; what was there before is untouched.",
    example: "cannot write build/out: no space left on the device (ENOSPC)"
  }
  static readonly exit = 3
}

/** fsync or close failed: the bytes may not be on the disk, so they are not used. Never retried. */
export class IoDurability extends Schema.TaggedError<IoDurability>()("IoDurability", Io) {
  static readonly docs: ErrorDocs = {
    summary: "The system could not promise that written bytes are on the disk.",
    hint: "Check the disk and the kernel log before trusting this device; then run again.",
    example: "cannot fsync build/out: input/output error (EIO)"
  }
  static readonly exit = 3
}

/** The file changed while it was read, twice: there is no one content to speak of. */
export class FileMoved extends Schema.TaggedError<FileMoved>()("FileMoved", { ...Told, path: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A file was changed while it was being read.",
    hint: "Wait until the program that writes it has finished, then run again.",
    example: "data/a.txt changed while it was read"
  }
  static readonly exit = 3
}

/** Neither a file nor a folder where one was expected: it is not opened. `kind` says what it is, e.g. `FIFO`. */
export class SpecialFile extends Schema.TaggedError<SpecialFile>()("SpecialFile", { ...Told, path: Schema.String, kind: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A path leads to something whose content cannot be recorded, such as a FIFO, a socket or a device.",
    hint: "Put a regular file there.",
    example: "data/a.txt is a FIFO, not a regular file"
  }
  static readonly exit = 3
}

/** A name in a folder is not UTF-8, so that no document could hold it. */
export class NameNotText extends Schema.TaggedError<NameNotText>()("NameNotText", { ...Told, path: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A file's name is not valid UTF-8.",
    hint: "Rename the file.",
    example: "build/out holds a name that is not UTF-8: a\\xff"
  }
  static readonly exit = 3
}

/** An output's folder leads out of the project through a symbolic link. */
export class OutputEscapes extends Schema.TaggedError<OutputEscapes>()("OutputEscapes", {
  ...Told,
  path: Schema.String,
  real: Schema.String
}) {
  static readonly docs: ErrorDocs = {
    summary: "The folder of an output lies outside the project: a symbolic link leads there.",
    hint: "Declare the output with the absolute path of that place, or replace the link by a folder.",
    example: "build/out would be written to /srv/elsewhere/out, outside the project"
  }
  static readonly exit = 3
}

export const fileErrors = [IoFailed, DiskFull, IoDurability, FileMoved, SpecialFile, NameNotText, OutputEscapes]
