/** Inputs that are found while a task is decided or runs, and what of them counts. */
import type { Mutant } from "./mutant.ts"

const globs = { test: "test/life/inputs/globs.test.ts" }
const discovered = { test: "test/life/inputs/discovered.test.ts" }
const contents = { test: "test/life/inputs/contents.test.ts" }
const look = { test: "test/fast/inputs.test.ts" }
const parts = { test: "test/core/path-glob.test.ts" }

const needFiles = {
  file: "src/engine/run/NeedFiles.ts",
  rule: "§1 what was hashed is what was read, also of what a need gave",
  test: "test/life/moved-needs.test.ts"
} as const

export const inputs: ReadonlyArray<Mutant> = [
  {
    ...globs,
    file: "src/engine/assess/Inputs.ts",
    rule: "§1 rows: a glob's file counts with its path",
    name: "a glob's file counts by its name alone",
    find: "subject: `${name}/${one}`, input: name",
    replace: 'subject: `${name}/${one.slice(one.lastIndexOf("/") + 1)}`, input: name',
    named: "25: that meets the same name in two folders"
  },
  {
    ...globs,
    file: "src/core/Rows.ts",
    rule: "§1 rows: a file that goes is told as missing",
    name: "a glob's file that goes is a change",
    find: "? goesAway(old)",
    replace: "? false",
    named: "71, 72: is stale when it gains"
  },
  {
    ...globs,
    file: "src/engine/assess/Inputs.ts",
    rule: "§1 rows: a glob is matched again when its task has ended",
    name: "a glob that grows while its task runs is not noticed",
    find: "sameFiles(root, patterns, paths) ? []",
    replace: "sameFiles(root, patterns, paths) || true ? []",
    named: "writes more of its files while it runs"
  },
  {
    ...globs,
    file: "src/engine/assess/Inputs.ts",
    rule: "§1 rows: absence is no error of an optional input",
    name: "an optional input has to be there",
    find: 'if (!there && declared.kind === "file")',
    replace: "if (!there)",
    named: "73: that appears makes its tasks stale"
  },
  {
    ...globs,
    file: "src/engine/assess/Inputs.ts",
    rule: "§1 rows: fewer files than wanted fail before the task runs",
    name: "min is not looked at",
    find: "if (match.paths.length < min)",
    replace: "if (match.paths.length < 0)",
    named: "of too few files fails before anything runs"
  },
  {
    ...globs,
    file: "src/engine/assess/Inputs.ts",
    rule: "§1 rows: a glob's file that another task makes comes by a need",
    name: "a glob may meet what others make",
    find: "if (problem !== null) problems.push(problem)",
    replace: "void problem",
    named: "is not met by a glob of one that does not need it"
  },
  {
    ...globs,
    file: "src/host/Evaluate.ts",
    rule: "§5 outputs of others come by needs",
    name: "an input may lie in what another task makes",
    find: "problems.push(...claimedInputs(made.tasks, root))",
    replace: "void claimedInputs",
    named: "50, 76: is no input of one that does not need it"
  },
  {
    ...discovered,
    file: "src/engine/assess/Assessor.ts",
    rule: "§1 rows: what was discovered is looked at at each decision",
    name: "what was discovered is forgotten",
    find: '(kind === "discovered" ? [subject] : [])',
    replace: '(kind === "nothing" ? [subject] : [])',
    named: "74, 75: makes it stale when it changes, goes or comes"
  },
  {
    ...discovered,
    file: "src/engine/run/Execution.ts",
    rule: "§1 rows: what was discovered is told anew each time",
    name: "discoveries are kept for ever",
    find: 'own.rows.filter(({ kind }) => kind !== "discovered")',
    replace: "own.rows.filter(() => true)",
    named: "is told anew each time"
  },
  {
    ...discovered,
    file: "src/engine/assess/Discovered.ts",
    rule: "§1 what was hashed is what was read: discoveries too",
    name: "a discovery may change while its task runs",
    find: "|| changedSince(began, input)",
    replace: "",
    and: [
      {
        file: "src/engine/assess/Discovered.ts",
        find: "|| (before !== null && before !== input.stat)",
        replace: ""
      }
    ],
    named: "85: taints it if it moves while the task runs"
  },
  {
    ...needFiles,
    name: "what a need gave may be another content when it is read",
    find: "tree === absent || tree.digest !== digest ?",
    replace: "tree === absent ?",
    named: "and someone edits before the next one begins"
  },
  {
    ...needFiles,
    name: "what a need gave may move while it is read",
    find: "this.#digests.statTree(given.path) === given.row ?",
    replace: "given.row !== null ?",
    named: "and someone edits while the next one reads"
  },
  {
    ...discovered,
    file: "src/engine/run/Execution.ts",
    rule: "§1 a cached result is of what it discovered",
    name: "a result is restored whatever it discovered",
    find: "if (!sameRows(before, discovered.rows)) return null",
    replace: "void sameRows",
    named: "is compared before a result comes from the cache"
  },
  {
    ...discovered,
    file: "src/engine/run/Execution.ts",
    rule: "§1 rows: a discovery that another task makes comes by a need",
    name: "a discovery may be what others make",
    find: "if (discovered.errors.length > 0) return failed(discovered.errors, result)",
    replace: "",
    named: "77: that is made of its own output"
  },
  {
    ...contents,
    file: "src/engine/assess/Inputs.ts",
    rule: "§1 rows: the code of a content counts",
    name: "a content's code does not count",
    find: "if (code !== null) rows.push(code)",
    replace: "void code",
    named: "changing its code runs what counts by it"
  },
  {
    ...contents,
    file: "src/engine/assess/Contents.ts",
    rule: "§1 rows: what counts of an input is its content",
    name: "all bytes count",
    find: 'value: `sha256:${hash("sha256", `${content}\\0${counted}`)}`',
    replace: 'value: `sha256:${hash("sha256", `${content}\\0${counted}\\0${sha256}`)}`',
    named: "32: is the same wherever its sequences are broken"
  },
  {
    ...look,
    file: "src/engine/standing/Standing.ts",
    rule: "§5 glob folders are evidence",
    name: "folders of globs are not looked at",
    find: "for (const { looked } of rest.globs) for (const path of looked) add({ path, follow: true }, group)",
    replace: "",
    named: "a file that comes"
  },
  {
    ...look,
    file: "src/ports/GlobFiles.ts",
    rule: "§5 glob folders are evidence: names that were not there",
    name: "a link that leads nowhere is not remembered",
    find: 'else if (type === "link") looked.add(at(path))',
    replace: "",
    named: "a link that leads somewhere now"
  },
  {
    ...look,
    file: "src/engine/run/Settled.ts",
    rule: "§5 discoveries are evidence",
    name: "discoveries are not looked at by the short cut",
    find: "inputs: [...assessment.own.inputs, ...assessment.own.discovered],",
    replace: "inputs: assessment.own.inputs,",
    named: "a discovered file that is another"
  },
  {
    ...parts,
    file: "src/core/PathGlob.ts",
    rule: "§1 globs: a star meets no name that begins with a dot",
    name: "a star meets hidden names",
    find: '(dotted || !one.startsWith(".")) && fitsAll(bits, one)',
    replace: "fitsAll(bits, one)",
    named: "fits what it says and nothing else"
  }
]
