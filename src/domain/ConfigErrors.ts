/** The problems a config may have. They are told together, inside `ConfigInvalid`. */
import { Schema } from "effect"
import { type ErrorDocs, Told } from "./Failure.ts"

export class ConfigNotFound extends Schema.TaggedError<ConfigNotFound>()("ConfigNotFound", { ...Told }) {
  static readonly docs: ErrorDocs = {
    summary: "There is no config file.",
    hint: "Run in the folder of an atlas.config.ts, or name one with --config FILE.",
    example: "no atlas.config.ts in /data/lab"
  }
}

export class ConfigSyntax extends Schema.TaggedError<ConfigSyntax>()("ConfigSyntax", { ...Told }) {
  static readonly docs: ErrorDocs = {
    summary: "A module of the config is not valid TypeScript, or uses syntax that has to be compiled.",
    hint: "Node strips types and compiles nothing: no enum, namespace or parameter property; use a union of texts or a const object.",
    example: "TypeScript enum is not supported in strip-only mode"
  }
}

export class ConfigImport extends Schema.TaggedError<ConfigImport>()("ConfigImport", { ...Told, specifier: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A module of the config imports what is not there.",
    hint: "Own files are imported with their ending (./plugins/x/index.ts); packages have to be installed.",
    example: "./plugins/density.ts cannot be found"
  }
}

export class ConfigThrew extends Schema.TaggedError<ConfigThrew>()("ConfigThrew", { ...Told }) {
  static readonly docs: ErrorDocs = {
    summary: "The config threw while it was evaluated.",
    hint: "The place is the innermost line of your own code.",
    example: "Cannot read properties of undefined (reading 'map')"
  }
}

export class ConfigImpure extends Schema.TaggedError<ConfigImpure>()("ConfigImpure", { ...Told, does: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "The config does what would make two evaluations differ, or changes something outside itself.",
    hint: "A config only describes: dates, random numbers, writing, programs and the network belong into a stage's run.",
    example: "the config reads the clock: Date.now()"
  }
}

export class ConfigShape extends Schema.TaggedError<ConfigShape>()("ConfigShape", { ...Told, nearest: Schema.Array(Schema.String) }) {
  static readonly docs: ErrorDocs = {
    summary: "The config does not have the shape of a project.",
    hint: "Export default project({ name, stages, checks, targets }); see docs/reference/config.md.",
    example: "unknown key chekcs in project({…})"
  }
}

export class ConfigStages extends Schema.TaggedError<ConfigStages>()("ConfigStages", { ...Told }) {
  static readonly docs: ErrorDocs = {
    summary: "Stages and checks do not fit together.",
    hint: "Each need, subject and gate has to be in stages, and each name may stand once.",
    example: "publish needs ingest, which is not in stages"
  }
}

export class ConfigTarget extends Schema.TaggedError<ConfigTarget>()("ConfigTarget", { ...Told, target: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A target lacks what a stage wants, or has it in another form.",
    hint: "The message names the field and the stage that wants it.",
    example: "110/x/y: source is missing, which ingest wants"
  }
}

export class ConfigOption extends Schema.TaggedError<ConfigOption>()("ConfigOption", {
  ...Told,
  target: Schema.String,
  nearest: Schema.Array(Schema.String)
}) {
  static readonly docs: ErrorDocs = {
    summary: "A target's options, severities, waivers or roles name or value something unknown.",
    hint: "The names and types come from the stages and checks of the project.",
    example: "110/x/y: unknown option mni of density; did you mean min?"
  }
}

export class ConfigConflict extends Schema.TaggedError<ConfigConflict>()("ConfigConflict", {
  ...Told,
  tasks: Schema.Array(Schema.String)
}) {
  static readonly docs: ErrorDocs = {
    summary: "Two tasks of the project claim the same place, or need each other.",
    hint: "Give each output a path of its own, each cell one owner, and break the cycle that is shown.",
    example: "a:one and b:one both write build/x"
  }
}

export class ConfigResources extends Schema.TaggedError<ConfigResources>()("ConfigResources", {
  ...Told,
  definition: Schema.String,
  wantedMiB: Schema.Int,
  budgetMiB: Schema.Int
}) {
  static readonly docs: ErrorDocs = {
    summary: "A stage or check declares more memory than the machine, or `--memory`, has for tasks: it could never start.",
    hint: "Lower its `memory`, run on a larger machine, or say with --memory how many MiB there are for tasks.",
    example: "sort declares 64,000 MiB, and there are 28,800 MiB for tasks (--memory)"
  }
}

export const configErrors = [
  ConfigNotFound,
  ConfigSyntax,
  ConfigImport,
  ConfigThrew,
  ConfigImpure,
  ConfigShape,
  ConfigStages,
  ConfigTarget,
  ConfigOption,
  ConfigConflict,
  ConfigResources
]
