/** Findings with the severity and hint that their stage gives them. */
import type { ToldFinding } from "./documents.ts"

interface Found {
  readonly name: string
  readonly at: string
  readonly message: string
}

type Table = Readonly<Record<string, { readonly severity: "error" | "warning"; readonly hint: string }>>

/** What a table does not know counts as an error. */
export const toldBy =
  (table: Table) =>
  ({ name, at, message }: Found): ToldFinding => {
    const { severity, hint } = Object.hasOwn(table, name) ? (table[name] as Table[string]) : { severity: "error" as const, hint: "" }
    return { name, at, message, severity, hint }
  }

export const errorsAmong = (findings: ReadonlyArray<ToldFinding>): number => findings.filter(({ severity }) => severity === "error").length
