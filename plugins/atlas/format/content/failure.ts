/** What may be wrong with an input file before anyone looks at its format. */
import { Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { LimitExceeded } from "../limits.ts"

export class InputMissing extends Schema.TaggedError<InputMissing>()("InputMissing", { ...Told }) {
  static readonly docs: ErrorDocs = {
    summary: "An input file does not exist",
    hint: "Check the path: a relative one starts at the working folder, or in a project at the folder of its config.",
    example: "There is no file data/genes.gff3."
  }
}

export class InputNotAFile extends Schema.TaggedError<InputNotAFile>()("InputNotAFile", { ...Told, kind: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "An input is a folder, a pipe or a device instead of a file",
    hint: "Name a regular file; write a pipe's content to a file first.",
    example: "data/genes is a folder, not a file."
  }
}

export class InputUnreadable extends Schema.TaggedError<InputUnreadable>()("InputUnreadable", { ...Told, errno: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "The system refuses to open or read an input file",
    hint: "Check permissions and the disk; errno says what the system answered.",
    example: "Cannot read data/genes.gff3: EACCES."
  }
}

export class InputEmpty extends Schema.TaggedError<InputEmpty>()("InputEmpty", { ...Told }) {
  static readonly docs: ErrorDocs = {
    summary: "An input file holds no bytes",
    hint: "Download or make it again.",
    example: "data/genes.gff3 is empty."
  }
}

export class InputTruncated extends Schema.TaggedError<InputTruncated>()("InputTruncated", { ...Told }) {
  static readonly docs: ErrorDocs = {
    summary: "A compressed input ends too early",
    hint: "Download or copy it again and compare its size; `gzip -t FILE` must be silent.",
    example: "The gzip member that starts at byte 0 is cut off at byte 5120."
  }
}

export class InputCorrupt extends Schema.TaggedError<InputCorrupt>()("InputCorrupt", { ...Told, reason: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A compressed input is damaged, or something follows its last member",
    hint: "Download or copy it again; `gzip -t FILE` must be silent.",
    example: "The gzip member that starts at byte 0 does not match its checksum."
  }
}

export class InputChanged extends Schema.TaggedError<InputChanged>()("InputChanged", { ...Told }) {
  static readonly docs: ErrorDocs = {
    summary: "An input file changed while it was read",
    hint: "Run again when nothing writes to it.",
    example: "data/genes.gff3 changed while it was read."
  }
}

export class InputCompression extends Schema.TaggedError<InputCompression>()("InputCompression", { ...Told, compression: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "An input is compressed in a way that is not read",
    hint: "Unpack it, or pack it with gzip or bgzip.",
    example: "data/genes.gff3.zst is compressed with zstd; plain, gzip and bgzip are read."
  }
}

export type ContentError =
  | InputMissing
  | InputNotAFile
  | InputUnreadable
  | InputEmpty
  | InputTruncated
  | InputCorrupt
  | InputChanged
  | InputCompression
  | LimitExceeded

/** For the `errors` of a stage or check. */
export const contentErrors = [
  InputMissing,
  InputNotAFile,
  InputUnreadable,
  InputEmpty,
  InputTruncated,
  InputCorrupt,
  InputChanged,
  InputCompression,
  LimitExceeded
] as const
