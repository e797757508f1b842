/** All commands, in the order of help. */
import type { Command } from "./command.ts"
import { CatalogAlias } from "./commands/catalog-alias.ts"
import { CatalogEmbargo } from "./commands/catalog-embargo.ts"
import { CatalogHistory } from "./commands/catalog-history.ts"
import { CatalogLatestAliasUpdate } from "./commands/catalog-latest-alias-update.ts"
import { CatalogPromote } from "./commands/catalog-promote.ts"
import { CatalogPublish } from "./commands/catalog-publish.ts"
import { CatalogRetire } from "./commands/catalog-retire.ts"
import { CatalogRollback } from "./commands/catalog-rollback.ts"
import { CatalogValidate } from "./commands/catalog-validate.ts"
import { Compare } from "./commands/compare.ts"
import { Diff } from "./commands/diff.ts"
import { Ingest } from "./commands/ingest.ts"
import { Inspect } from "./commands/inspect.ts"
import { Pack } from "./commands/pack.ts"
import { Publish } from "./commands/publish.ts"
import { Unpack } from "./commands/unpack.ts"
import { Validate } from "./commands/validate.ts"
import { VerifyPack } from "./commands/verify-pack.ts"
import { Verify } from "./commands/verify.ts"

export const commands: ReadonlyArray<Command<any, any>> = [
  Ingest,
  Validate,
  Verify,
  Publish,
  CatalogValidate,
  CatalogPublish,
  CatalogPromote,
  CatalogEmbargo,
  CatalogAlias,
  CatalogLatestAliasUpdate,
  CatalogRollback,
  CatalogRetire,
  CatalogHistory,
  Diff,
  Compare,
  Pack,
  VerifyPack,
  Unpack,
  Inspect
]

/** First words of commands of two words. */
export const groups: ReadonlyArray<string> = [
  ...new Set(commands.flatMap(({ name }) => (name.includes(" ") ? [name.slice(0, name.indexOf(" "))] : [])))
]
