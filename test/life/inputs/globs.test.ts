/** Globs and optional inputs, through the program that users run: what counts is which files there are, and what is in them. */
import { execFileSync } from "node:child_process"
import { renameSync, symlinkSync, utimesSync } from "node:fs"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { codesOf, InputLab, told } from "./lab.ts"

let lab: InputLab
beforeEach(() => {
  lab = new InputLab()
})
afterEach(() => lab.close())

/** Lists what it is given, with the text of each. */
const gather = (declared: string) => `
class Gather extends Stage("gather")({
  target: Schema.Struct({}),
  needs: [],
  options: Schema.Struct({}),
  inputs: () => ({ patches: ${declared} }),
  outputs: { list: "file" },
  paths: () => ({ list: "out/list" }),
  findings: {},
  errors: [],
  run: ({ inputs, outputs }) => Effect.sync(() => writeFileSync(outputs.list,
    JSON.stringify(inputs.patches.map((path) => [path.slice(here.length + 1), readFileSync(path, "utf8")]))))
}) {}`

const gathering = (declared: string): void => lab.configure(gather(declared), "Gather")
const listed = (): ReadonlyArray<readonly [string, string]> => JSON.parse(lab.read("out/list"))

describe("a glob", () => {
  it("71, 72: is stale when it gains and when it loses a file, and fresh when both are undone; why names the file", () => {
    for (const name of ["a", "b"]) lab.write(`data/patches/${name}.tab`, name)
    lab.write("data/patches/other.txt", "no")
    gathering('glob("data/patches/*.tab")')
    assert.deepStrictEqual(lab.outcomes(), ["gather executed"])
    assert.deepStrictEqual(listed(), [
      ["data/patches/a.tab", "a"],
      ["data/patches/b.tab", "b"]
    ])
    assert.deepStrictEqual(lab.outcomes(), ["gather fresh"])

    lab.write("data/patches/c.tab", "c")
    assert.deepStrictEqual(lab.causes("t:gather"), ["input-appeared patches/data/patches/c.tab"])
    assert.match(lab.atlas("why", "t:gather").stdout, /input patches appeared {2}data\/patches\/c\.tab/)
    lab.remove("data/patches/c.tab")
    assert.strictEqual(lab.planned("t:gather").decision, "fresh")

    lab.write("data/patches/c.tab", "c")
    assert.deepStrictEqual([lab.outcomes(), listed().length], [["gather executed"], 3])
    lab.remove("data/patches/a.tab")
    assert.deepStrictEqual(lab.causes("t:gather"), ["input-missing patches/data/patches/a.tab"])
    assert.deepStrictEqual([lab.outcomes(), listed().length], [["gather executed"], 2])
    lab.write("data/patches/other.txt", "still no")
    assert.deepStrictEqual(lab.outcomes(), ["gather fresh"])
  })

  it("25: that meets the same name in two folders tells them apart, also when bytes move between them", () => {
    lab.write("one/x.tab", "x")
    lab.write("two/y.tab", "y")
    gathering('glob("{one,two}/*.tab")')
    assert.deepStrictEqual(lab.outcomes(), ["gather executed"])
    renameSync(lab.at("one/x.tab"), lab.at("two/x.tab"))
    assert.deepStrictEqual(lab.causes("t:gather"), ["input-missing patches/one/x.tab", "input-appeared patches/two/x.tab"])
    assert.deepStrictEqual(lab.outcomes(), ["gather executed"])
    assert.deepStrictEqual(
      listed().map(([path]) => path),
      ["two/x.tab", "two/y.tab"]
    )
  })

  it("26: does not take a name and its bytes for another name and other bytes", () => {
    lab.write("in/a", "bc")
    gathering('glob("in/*")')
    assert.deepStrictEqual(lab.outcomes(), ["gather executed"])
    lab.remove("in/a")
    lab.write("in/ab", "c")
    assert.deepStrictEqual([lab.outcomes(), listed()], [["gather executed"], [["in/ab", "c"]]])
  })

  it("22: takes names with blanks, quotes, dollars, newlines and letters beyond ASCII, and hands them over as they are", () => {
    const names = ["a b", "c'd", 'e"f', "g\nh", "$(i)", "-j", "ü", "\u{1F9EC}"]
    for (const name of names) lab.write(`in/${name}.tab`, name)
    lab.configure(
      `${gather('glob("in/*.tab")')}
class Words extends Command("words")({
  inputs: () => ({ patches: glob("in/*.tab") }),
  outputs: { all: "file" },
  paths: () => ({ all: "out/words" }),
  stdout: "all",
  words: ({ inputs }) => ["printf", "%s|", inputs.patches]
}) {}
class Shell extends Command("shell")({
  inputs: () => ({ patches: glob("in/*.tab"), one: "in/a b.tab" }),
  outputs: { all: "file" },
  paths: () => ({ all: "out/shell" }),
  shell: ({ inputs, outputs }) => \`cat \${inputs.one} > \${outputs.all}; for file in \${inputs.patches}; do cat "$file" >> \${outputs.all}; done\`
}) {}`,
      "Gather, Words, Shell"
    )
    assert.deepStrictEqual(lab.outcomes(), ["gather executed", "shell executed", "words executed"])
    const sorted = names.map((name) => `in/${name}.tab`).sort()
    assert.deepStrictEqual(
      listed().map(([path]) => path),
      sorted
    )
    assert.strictEqual(lab.read("out/words"), sorted.map((path) => `${lab.at(path)}|`).join(""))
    assert.strictEqual(lab.read("out/shell"), `a b${sorted.map((path) => path.slice(3, -4)).join("")}`)
    assert.deepStrictEqual(lab.outcomes(), ["gather fresh", "shell fresh", "words fresh"])
    lab.write("in/g\nh.tab", "changed")
    assert.deepStrictEqual(lab.causes("t:gather"), ["input-changed patches/in/g\nh.tab"])
  })

  it("goes into folders with **, not into hidden ones nor through links, and leaves out what ! tells", () => {
    for (const path of ["in/x.tab", "in/a/y.tab", "in/a/b/z.tab", "in/.hidden/w.tab", "in/.v.tab", "in/old/u.tab"]) lab.write(path, path)
    symlinkSync(lab.at("in"), lab.at("in/a/round"))
    lab.link("in/link.tab", lab.at("in/.v.tab"))
    gathering('glob(["in/**/*.tab", "!in/old/**"])')
    assert.deepStrictEqual(lab.outcomes(), ["gather executed"])
    assert.deepStrictEqual(
      listed().map(([path]) => path),
      ["in/a/b/z.tab", "in/a/y.tab", "in/link.tab", "in/x.tab"]
    )
    lab.write("in/a/b/c/new.tab", "new")
    assert.deepStrictEqual(lab.causes("t:gather"), ["input-appeared patches/in/a/b/c/new.tab"])
  })

  it("of a folder that is not there is empty, and sees it come", () => {
    gathering('glob("later/*.tab")')
    assert.deepStrictEqual([lab.outcomes(), listed()], [["gather executed"], []])
    assert.deepStrictEqual(lab.outcomes(), ["gather fresh"])
    lab.write("later/a.tab", "a")
    assert.deepStrictEqual([lab.outcomes(), listed()], [["gather executed"], [["later/a.tab", "a"]]])
  })

  it("of too few files fails before anything runs, with what is wanted", () => {
    lab.write("in/a.tab", "a")
    gathering('glob("in/*.tab", { min: 2 })')
    const ran = lab.run()
    assert.deepStrictEqual([ran.exit, told(ran), codesOf(ran), lab.has("out/list")], [1, ["gather failed"], ["TASK_INPUT_MISSING"], false])
    assert.match(ran.tasks.get("t:gather")?.error?.message ?? "", /1 files, 2 at least are wanted: in\/\*\.tab/)
    lab.write("in/b.tab", "b")
    assert.deepStrictEqual(lab.outcomes(), ["gather executed"])
  })

  it("reruns nothing where only its pattern is another, or where its files are only touched", () => {
    lab.write("in/a.tab", "a")
    gathering('glob("in/*.tab")')
    lab.run()
    gathering('glob("in/a.*")')
    const before = lab.planned("t:gather")
    // the words of the config are no evidence: a stage that stands in it is
    assert.deepStrictEqual(
      before.causes.filter(({ kind }) => kind.startsWith("input")),
      []
    )
    lab.run()
    utimesSync(lab.at("in/a.tab"), 1, 1)
    assert.deepStrictEqual(lab.outcomes(), ["gather fresh"])
  })

  it("meets what lies behind a link that leads elsewhere now, and a link that led nowhere", () => {
    lab.write("v1/a.tab", "1")
    lab.write("v2/a.tab", "2")
    lab.link("current", lab.at("v1"))
    lab.link("current2/dangling.tab", lab.at("nowhere.tab"))
    gathering('glob(["current/*.tab", "current2/*.tab"])')
    assert.deepStrictEqual([lab.outcomes(), listed()], [["gather executed"], [["current/a.tab", "1"]]])
    assert.deepStrictEqual(lab.outcomes(), ["gather fresh"])
    lab.link("current", lab.at("v2"))
    assert.deepStrictEqual([lab.outcomes(), listed()], [["gather executed"], [["current/a.tab", "2"]]])
    lab.write("nowhere.tab", "there")
    assert.deepStrictEqual([lab.outcomes(), listed().length], [["gather executed"], 2])
  })

  it("28: that meets a FIFO says so and does not wait for it", () => {
    execFileSync("mkfifo", [lab.at("pipe.tab")])
    gathering('glob("*.tab")')
    const ran = lab.run()
    assert.deepStrictEqual([told(ran), codesOf(ran)], [["gather failed"], ["SPECIAL_FILE"]])
  })

  it("of a program that writes more of its files while it runs taints the task", () => {
    lab.write("in/a.tab", "a")
    lab.configure(
      `class Grow extends Command("grow")({
  inputs: () => ({ patches: glob("in/*.tab") }),
  outputs: { all: "file" },
  shell: ({ inputs, outputs }) => \`cat \${inputs.patches} > \${outputs.all}; if [ ! -e '\${here}/in/b.tab' ]; then echo b > '\${here}/in/b.tab'; fi\`
}) {}`,
      "Grow"
    )
    const ran = lab.run()
    assert.deepStrictEqual([ran.exit, told(ran), codesOf(ran)], [1, ["grow tainted"], ["TASK_TAINTED"]])
    assert.deepStrictEqual(lab.outcomes(), ["grow executed"])
  })
})

describe("an optional input", () => {
  const stage = `
class Patch extends Stage("patch")({
  target: Schema.Struct({ patch: Schema.String }),
  needs: [],
  options: Schema.Struct({}),
  inputs: ({ patch }) => ({ base: "base.tab", patch: optional(patch) }),
  outputs: { made: "file" },
  paths: () => ({ made: "out/made" }),
  findings: {},
  errors: [],
  run: ({ inputs, outputs }) => Effect.sync(() => writeFileSync(outputs.made,
    readFileSync(inputs.base, "utf8") + (inputs.patch === undefined ? "" : readFileSync(inputs.patch, "utf8"))))
}) {}
class Count extends Command("count")({
  inputs: () => ({ base: "base.tab", patch: optional("patch.tab") }),
  outputs: { made: "file" },
  paths: () => ({ made: "out/count" }),
  stdout: "made",
  words: ({ inputs }) => ["cat", inputs.base, inputs.patch]
}) {}
class Told extends Command("told")({
  inputs: () => ({ base: "base.tab", patch: optional("patch.tab") }),
  outputs: { made: "file" },
  paths: () => ({ made: "out/told" }),
  shell: ({ inputs, outputs }) => \`n=0; for one in \${inputs.patch}; do n=1; done; echo $n > \${outputs.made}; cat \${inputs.base} \${inputs.patch} >> \${outputs.made}\`
}) {}`

  it("73: that appears makes its tasks stale, as does one that goes; absent is no error", () => {
    lab.write("base.tab", "base\n")
    lab.configure(stage, "Patch, Count, Told", '{ patch: "patch.tab" }')
    const made = () => ["made", "count", "told"].map((name) => lab.read(`out/${name}`))
    assert.deepStrictEqual(lab.outcomes(), ["count executed", "patch executed", "told executed"])
    assert.deepStrictEqual(made(), ["base\n", "base\n", "0\nbase\n"])
    assert.deepStrictEqual(lab.outcomes(), ["count fresh", "patch fresh", "told fresh"])
    lab.write("patch.tab", "patch\n")
    assert.deepStrictEqual(lab.causes("t:patch"), ["input-appeared patch"])
    assert.deepStrictEqual(lab.outcomes(), ["count executed", "patch executed", "told executed"])
    assert.deepStrictEqual(made(), ["base\npatch\n", "base\npatch\n", "1\nbase\npatch\n"])
    lab.remove("patch.tab")
    assert.deepStrictEqual(lab.causes("t:patch"), ["input-missing patch"])
    lab.outcomes()
    assert.deepStrictEqual(made(), ["base\n", "base\n", "0\nbase\n"])
  })

  it("19: that is renamed, and the config with it, is the same input", () => {
    lab.write("base.tab", "base\n")
    lab.write("patch.tab", "patch\n")
    lab.configure(stage, "Patch", '{ patch: "patch.tab" }')
    lab.run()
    renameSync(lab.at("patch.tab"), lab.at("other.tab"))
    lab.configure(stage, "Patch", '{ patch: "other.tab" }')
    assert.deepStrictEqual(lab.outcomes(), ["patch fresh"])
  })
})

it("24: a folder that is an input is stale when an empty folder comes in it", () => {
  lab.write("in/a", "a")
  lab.configure(
    `class List extends Command("list")({
  inputs: () => ({ folder: "in" }),
  outputs: { list: "file" },
  stdout: "list",
  words: ({ inputs }) => ["ls", inputs.folder]
}) {}`,
    "List"
  )
  lab.run()
  assert.deepStrictEqual(lab.outcomes(), ["list fresh"])
  execFileSync("mkdir", [lab.at("in/empty")])
  assert.deepStrictEqual(lab.causes("t:list"), ["input-changed folder"])
})

describe("what another task makes", () => {
  const maker = `
class Make extends Command("make")({
  inputs: () => ({ text: "text.txt" }),
  outputs: { made: "folder" },
  paths: () => ({ made: "made" }),
  shell: ({ inputs, outputs }) => \`mkdir \${outputs.made}; cp \${inputs.text} \${outputs.made}/a.tab\`
}) {}`
  const user = (inputs: string, needs = "") => `
class Use extends Command("use")({${needs}
  inputs: () => ({ one: ${inputs} }),
  outputs: { used: "file" },
  stdout: "used",
  words: ({ inputs }) => ["cat", inputs.one]
}) {}`

  it("50, 76: is no input of one that does not need it: the config says so, naming both and the remedy", () => {
    lab.write("text.txt", "text")
    for (const input of ['"made/a.tab"', '"made"', 'optional("made/../made/a.tab")']) {
      lab.configure(maker + user(input), "Make, Use")
      const { status, stderr } = lab.atlas("run")
      assert.strictEqual(status, 2, input)
      assert.match(stderr, /t:use reads .*made.*, which t:make makes: add it to needs/)
    }
    lab.configure(maker + user('"made/a.tab"', "needs: [Make],"), "Make, Use")
    assert.deepStrictEqual(lab.outcomes(), ["make executed", "use executed"])
  })

  it("76: is not met by a glob of one that does not need it, whether it is there already or not", () => {
    lab.write("text.txt", "text")
    lab.configure(maker, "Make")
    lab.run()
    lab.configure(maker + user('glob("*/*.tab")'), "Make, Use")
    const ran = lab.run()
    assert.deepStrictEqual([ran.exit, codesOf(ran)], [1, ["TASK_NEED_MISSING"]])
    assert.match(ran.tasks.get("t:use")?.error?.message ?? "", /t:use reads made\/a\.tab, which t:make makes: add it to needs/)
    // the second of plain runs looks at the failed task alone, and still knows whose it is
    for (const round of [1, 2, 3]) {
      const { status, stdout, stderr } = lab.atlas()
      assert.deepStrictEqual([status, `${stdout}${stderr}`.includes("TASK_NEED_MISSING")], [1, true], `run ${round}`)
    }
    lab.configure(maker + user('glob("*/*.tab")', "needs: [Make],"), "Make, Use")
    assert.deepStrictEqual(lab.outcomes(), ["make fresh", "use executed"])
  })

  it("a task that globs what it makes itself is told of the cycle", () => {
    lab.write("in/a.tab", "a")
    lab.configure(
      `class Self extends Command("self")({
  inputs: () => ({ all: glob("{in,out}/*.tab") }),
  outputs: { made: "file" },
  paths: () => ({ made: "out/all.tab" }),
  stdout: "made",
  words: ({ inputs }) => ["cat", inputs.all]
}) {}`,
      "Self"
    )
    // what it makes is not there before it has run once
    lab.run()
    const ran = lab.run()
    assert.deepStrictEqual([told(ran), codesOf(ran)], [["self failed"], ["TASK_NEED_CYCLE"]])
  })
})

it("what is wrong with a declaration is told when the config is evaluated, with exit 2", () => {
  const said = (declared: string, words = "inputs.patches") => {
    lab.configure(
      `class Words extends Command("words")({
  inputs: () => ({ patches: ${declared} }),
  outputs: { all: "file" },
  stdout: "all",
  words: ({ inputs }) => ["cat", ${words}]
}) {}`,
      "Words"
    )
    const { status, stderr } = lab.atlas("plan")
    assert.strictEqual(status, 2, declared)
    return stderr
  }
  assert.match(said('glob("in/")'), /input patches is a glob whose pattern "in\/" names a folder/)
  assert.match(said('glob("")'), /is empty/)
  assert.match(said('glob(["!in/*"])'), /is a glob without a pattern/)
  assert.match(said('glob("in/*", { min: -1 })'), /min is no number of files/)
  assert.match(said("7"), /input patches must be a path, input\(…\), optional\(…\) or glob\(…\)/)
  assert.match(said('input("a", { content: "zip" })'), /has a content that is neither "gzip", "bytes" nor a Content/)
  assert.match(said('glob("in/*")', "`--all=${inputs.patches}`"), /several paths stand for a part of the word/)
})
