/** A made-up project as files that `atlas-run` reads. What each stage makes is a digest of its parts, told line by line. */
import { type CheckShape, places, type StageShape, type World } from "./graph.ts"

const className = (name: string): string => name.toUpperCase()
const importOf = ({ name }: StageShape): string => `import { ${className(name)} } from "./${name}.ts"`

const needLines = (world: World, stage: StageShape): ReadonlyArray<StageShape> =>
  stage.needs.map((need) => world.stages[need] as StageShape)

const target = ({ fields }: StageShape): string => `Schema.Struct({ ${fields.map((field) => `${field}: Schema.String`).join(", ")} })`
const inputs = ({ fields, found }: StageShape): string => {
  const more = { glob: ['many: glob("globbed/*.txt")'], optional: [`maybe: optional("${places.optional[0]}")`], discovered: [] }
  return `(t) => ({ ${[...fields.map((field) => `${field}: t.${field}`), ...(found === null ? [] : more[found])].join(", ")} })`
}
/** Lines of a stage's code that add what it finds to the parts. */
const finding = {
  glob: 'for (const path of inputs.many) parts.push("f " + relative(folder, path) + "\\n", lines(readFileSync(path, "utf8")))',
  optional: 'if (inputs.maybe !== undefined) parts.push("f \\n", lines(readFileSync(inputs.maybe, "utf8")))',
  discovered: `const bytes = yield* read("${places.discovered[0]}")
      if (bytes !== undefined) parts.push("f \\n", lines(new TextDecoder().decode(bytes)))`
}

const command = (world: World, stage: StageShape): string => {
  const { name, fields, width, variable } = stage
  const { value, remark } = world.code.get(name) ?? { value: 0, remark: 0 }
  const parts = [
    ...fields.map((field) => `echo i; grep -v "^#" \${inputs.${field}} || true`),
    ...needLines(world, stage).map((need) => `echo n; cat \${needs.${need.name}.out}`),
    `echo o \${options.mark}`,
    ...(variable === null ? [] : [`echo e "$${variable}"`]),
    `echo c ${value}`
  ]
  const cut = width === 0 ? "cut -c1 | tr 0-9a-f 00000000001111111".slice(0, -1) : `cut -c1-${width}`
  const fails = fields.map((field) => `if grep -q "^fail" \${inputs.${field}}; then exit 1; fi; `).join("")
  return `import { Schema } from "effect"
import { Command } from "atlas-run/command"
${needLines(world, stage).map(importOf).join("\n")}
export class ${className(name)} extends Command("${name}")({
  target: ${target(stage)},
  needs: [${needLines(world, stage)
    .map((need) => className(need.name))
    .join(", ")}],
  options: Schema.Struct({ mark: Schema.String }),
  inputs: ${inputs(stage)},
  outputs: { out: "file" },
  environment: ${JSON.stringify(variable === null ? [] : [variable])},
  shell: ({ inputs, needs, options, outputs }) =>
    \`: remark ${remark}; ${fails}{ ${parts.join("; ")}; } | sha256sum | ${cut} > \${outputs.out}\`
}) {}
`
}

const code = (world: World, stage: StageShape): string => {
  const { name, fields, width, variable, word, across, found } = stage
  const { value, remark } = world.code.get(name) ?? { value: 0, remark: 0 }
  const other = across === null ? null : (world.stages[across] as StageShape)
  const used = new Set([...needLines(world, stage), ...(other === null ? [] : [other])])
  return `import { readFileSync, writeFileSync } from "node:fs"
import { dirname, relative } from "node:path"
import { Effect, Schema } from "effect"
import { glob, optional, Stage } from "atlas-run/plugin"
import { digested, lines } from "./digested.ts"
const folder = dirname(import.meta.dirname)
void [glob, optional, relative, folder]
${word === null ? "" : `import { ${word} } from "./barrel.ts"`}
${[...used].map(importOf).join("\n")}
export class ${className(name)} extends Stage("${name}")({
  target: ${target(stage)},
  needs: [${needLines(world, stage)
    .map((need) => className(need.name))
    .join(", ")}],
  ${other === null ? "" : `across: { previous: ${className(other.name)} },`}
  options: Schema.Struct({ mark: Schema.String }),
  inputs: ${inputs(stage)},
  outputs: { out: "file" },
  environment: ${JSON.stringify(variable === null ? [] : [variable])},
  findings: {},
  errors: [],
  run: ({ inputs, needs, across, options, outputs, environment, read }) =>
    Effect.gen(function* () {
      const remark = ${remark}
      const parts = []
      for (const field of ${JSON.stringify(fields)}) parts.push("i\\n", lines(readFileSync(inputs[field], "utf8")))
      for (const need of ${JSON.stringify(needLines(world, stage).map((need) => need.name))}) parts.push("n\\n", readFileSync(needs[need].out, "utf8"))
      ${other === null ? "" : 'parts.push("p\\n", across.previous === null ? "none\\n" : readFileSync(across.previous.out, "utf8"))'}
      ${word === null ? "" : `parts.push("w " + ${word} + "\\n")`}
      parts.push("o " + options.mark + "\\n")
      ${variable === null ? "" : `parts.push("e " + (environment.${variable} ?? "") + "\\n")`}
      ${found === null ? "" : finding[found]}
      parts.push("c ${value}\\n")
      writeFileSync(outputs.out, digested(parts.join(""), ${width}))
      void remark
    })
}) {}
`
}

const cell = (world: World, stage: StageShape): string => {
  const [need] = needLines(world, stage) as [StageShape]
  const { remark } = world.code.get(stage.name) ?? { remark: 0 }
  return `import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { Effect, Schema } from "effect"
import { Stage } from "atlas-run/plugin"
${importOf(need)}
const fileOf = (root, labels) => root + "/" + labels.name + ".${stage.name}.json"
export class ${className(stage.name)} extends Stage("${stage.name}")({
  target: Schema.Struct({}),
  needs: [${className(need.name)}],
  options: Schema.Struct({ mark: Schema.String }),
  inputs: () => ({}),
  outputs: { value: "value" },
  roots: { store: "store" },
  findings: {},
  errors: [],
  cell: {
    id: ({ roots, labels }) => fileOf(roots.store, labels),
    immutable: false,
    desired: ({ needs }) => Effect.sync(() => readFileSync(needs.${need.name}.out, "utf8").trim()),
    observe: ({ roots, labels }) =>
      Effect.sync(() => {
        const path = fileOf(roots.store, labels)
        const seen = existsSync(path) ? { state: "present", value: readFileSync(path, "utf8") } : { state: "absent" }
        return { ...seen, witnesses: [path] }
      })
  },
  run: ({ cell, roots, labels }) =>
    Effect.sync(() => {
      const remark = ${remark}
      mkdirSync(roots.store, { recursive: true })
      writeFileSync(fileOf(roots.store, labels), cell.desired)
      void remark
      return { value: cell.desired }
    })
}) {}
`
}

const check = (world: World, { name, on }: CheckShape): string => {
  const subject = world.stages[on] as StageShape
  const { value, remark } = world.code.get(name) ?? { value: 0, remark: 0 }
  return `import { readFileSync } from "node:fs"
import { Effect, Schema } from "effect"
import { Check } from "atlas-run/plugin"
${importOf(subject)}
export class ${className(name)} extends Check("${name}")({
  on: ${className(subject.name)},
  options: Schema.Struct({}),
  findings: { odd: { severity: "warning", hint: "look at it" } },
  errors: [],
  run: ({ subject, report }) =>
    Effect.gen(function* () {
      const remark = ${remark}
      const seen = readFileSync(subject.out, "utf8").trim()
      if ((seen.charCodeAt(0) + ${value}) % 3 === 0) yield* report("odd", { at: seen, message: seen + " was seen" })
      void remark
    })
}) {}
`
}

const digested = `import { hash } from "node:crypto"
export const lines = (text) => text.split("\\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => {
  if (line.startsWith("fail")) throw new Error("it fails")
  return line + "\\n"
}).join("")
export const digested = (text, width) => {
  const whole = hash("sha256", text)
  return (width === 0 ? (/[0-9]/.test(whole.slice(0, 1)) ? "0" : "1") : whole.slice(0, width)) + "\\n"
}
`

const config = (world: World): string => `// ${world.remark}
import { project } from "atlas-run"
${[...world.stages, ...world.checks].map(({ name }) => `import { ${className(name)} } from "./plugins/${name}.ts"`).join("\n")}
export default project({
  name: "property",
  stages: [${world.stages.map(({ name }) => className(name)).join(", ")}],
  checks: [${world.checks.map(({ name, gates }) => `${className(name)}.with({}, { gates: [${gates.map((gate) => className((world.stages[gate] as StageShape).name)).join(", ")}] })`).join(", ")}],
  targets: (target) => [
${world.targets
  .map(({ id, inputs: fields, marks, severity, until, previous }) => {
    const waive = [...until].map(([name, last]) => ({ check: name, finding: "odd", at: "*", because: "known", until: last }))
    const how = {
      id,
      labels: { name: id },
      options: Object.fromEntries([...marks].map(([name, mark]) => [name, { mark }])),
      severity: Object.fromEntries([...severity].map(([name, level]) => [name, { odd: level }])),
      waive,
      ...(previous === null || world.stages.every(({ across }) => across === null) ? {} : { across: { previous } })
    }
    return `    target(${JSON.stringify(Object.fromEntries(fields))}, ${JSON.stringify(how)})`
  })
  .join(",\n")}
  ]
})
`

/** All sources, by path; inputs that are absent are not among them. */
export const sourcesOf = (world: World): ReadonlyMap<string, string> =>
  new Map([
    ["atlas.config.ts", config(world)],
    ["plugins/digested.ts", digested],
    ["plugins/barrel.ts", [...world.words.keys()].map((word) => `export * from "./${word}.ts"\n`).join("")],
    ...[...world.words].map(([word, value]) => [`plugins/${word}.ts`, `export const ${word} = "${word}.${value}"\n`] as const),
    ...world.stages.map((stage) => [`plugins/${stage.name}.ts`, { command, code, cell }[stage.kind](world, stage)] as const),
    ...world.checks.map((one) => [`plugins/${one.name}.ts`, check(world, one)] as const),
    ...[...world.files].flatMap(([path, text]) => (text === null ? [] : [[path, text] as const]))
  ])
