/** The sources of the project that scenarios happen to: programs of `sh`, one check in a host. */

export interface TargetWish {
  readonly id: string
  readonly table: string
  readonly genome: string
  readonly level?: number
}

export interface ConfigWish {
  readonly targets: ReadonlyArray<TargetWish>
  /** Name of the stage that packs. */
  readonly pack?: string
  readonly remark?: string
  /** More lines before the project. */
  readonly more?: string
}

/** `ingest` reads canonically (no comments, sorted, no line ends in the genome); `verify` runs a tool of ours and sees a variable. */
export const stages = (pack = "pack"): string => `
import { Schema } from "effect"
import { Command } from "atlas-run/command"
const Files = Schema.Struct({ table: Schema.String, genome: Schema.String })
export class Ingest extends Command("ingest")({
  target: Files,
  inputs: ({ table, genome }) => ({ table, genome }),
  outputs: { root: "folder" },
  tools: ["grep", "sort", "tr"],
  shell: ({ inputs, outputs }) =>
    \`mkdir \${outputs.root}; (grep -v '^#' \${inputs.table} || true) | sort > \${outputs.root}/table; tr -d '\\\\n' < \${inputs.genome} > \${outputs.root}/genome\`
}) {}
export class Validate extends Command("validate")({
  needs: [Ingest],
  outputs: { report: "file" },
  tools: ["wc"],
  shell: ({ needs, outputs }) => \`cat \${needs.ingest.root}/table | wc -l > \${outputs.report}\`
}) {}
export class Verify extends Command("verify")({
  needs: [Ingest],
  outputs: { report: "file" },
  environment: ["LAB_MODE"],
  stdout: "report",
  words: ({ needs }) => ["measure", needs.ingest.root]
}) {}
export class Publish extends Command("publish")({
  needs: [Ingest, Validate, Verify],
  outputs: { dataset: "folder" },
  paths: ({ labels }) => ({ dataset: \`published/\${labels.name}\` }),
  shell: ({ needs, outputs }) =>
    \`mkdir \${outputs.dataset}; cp \${needs.ingest.root}/table \${outputs.dataset}/table; cp \${needs.validate.report} \${outputs.dataset}/validated; cp \${needs.verify.report} \${outputs.dataset}/verified\`
}) {}
export class Pack extends Command(${JSON.stringify(pack)})({
  needs: [Publish],
  options: Schema.Struct({ level: Schema.Int }),
  outputs: { archive: "file" },
  paths: ({ labels }) => ({ archive: \`packs/\${labels.name}\` }),
  shell: ({ needs, outputs, options }) => \`echo \${options.level} > \${outputs.archive}; cat \${needs.publish.dataset}/* >> \${outputs.archive}\`
}) {}
export class VerifyPack extends Command("verify-pack")({
  needs: [Pack],
  outputs: { seen: "file" },
  shell: ({ needs, outputs }) => \`cksum < \${needs[${JSON.stringify(pack)}].archive} > \${outputs.seen}\`
}) {}
`

/** Sees every row that begins with `odd`. */
export const check = (remark = "", severity = "warning"): string => `
import { readFileSync } from "node:fs"
import { Effect, Schema } from "effect"
import { Check } from "atlas-run/plugin"
import { Ingest } from "./stages.ts"
import { isOdd } from "./h.ts"
// ${remark}
export class Contigs extends Check("contigs")({
  on: Ingest,
  options: Schema.Struct({}),
  findings: { odd: { severity: ${JSON.stringify(severity)}, hint: "look at it" } },
  errors: [],
  run: ({ subject, report }) =>
    Effect.gen(function* () {
      for (const row of readFileSync(subject.root + "/table", "utf8").split("\\n"))
        if (isOdd(row)) yield* report("odd", { at: row, message: row + " is odd" })
    })
}) {}
`
export const checkHelp = (word = "odd"): string => `export const isOdd = (row) => row.startsWith(${JSON.stringify(word)})\n`

/** A tool that tells how much there is, and in which mode. */
export const measure = (version = 1): string => `#!/bin/sh
# version ${version}
cat "$1"/table "$1"/genome | wc -c
echo "\${LAB_MODE:-none}"
`

export const config = ({ targets, pack = "pack", remark = "", more = "" }: ConfigWish): string => `
// ${remark}
import { project } from "atlas-run"
import { Contigs } from "./plugins/c.ts"
import { Ingest, Pack, Publish, Validate, Verify, VerifyPack } from "./plugins/stages.ts"
${more}
export default project({
  name: "scenarios",
  stages: [Ingest, Validate, Verify, Publish, Pack, VerifyPack],
  checks: [Contigs.with({}, { gates: [Publish] })],
  targets: (target) => [
    ${targets
      .map(
        ({ id, table, genome, level = 1 }) =>
          `target(${JSON.stringify({ table, genome })}, ${JSON.stringify({ id, labels: { name: id }, options: { [pack]: { level } } })})`
      )
      .join(",\n    ")}
  ]
})
`
