/** What a task reads beside its inputs and tells of counts from then on as an input does. */
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { symlinkSync, utimesSync, writeFileSync } from "node:fs"
import { open, readFile } from "node:fs/promises"
import { text } from "node:stream/consumers"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { type Finished, program } from "../workplace.ts"
import { codesOf, InputLab, told } from "./lab.ts"

let lab: InputLab
beforeEach(() => {
  lab = new InputLab()
})
afterEach(() => lab.close())

/** Follows `include FILE` lines; waits for word where there is a file `hold`. */
const stage = `
class Compile extends Stage("compile")({
  target: Schema.Struct({}),
  needs: [],
  options: Schema.Struct({}),
  inputs: () => ({ main: "src/main.tab" }),
  outputs: { made: "file" },
  paths: () => ({ made: "out/made" }),
  findings: {},
  errors: [],
  run: ({ inputs, outputs, read }) => Effect.gen(function*() {
    const made = []
    const follow = function*(text) {
      for (const line of text.trim().split("\\n")) {
        if (!line.startsWith("include ")) { made.push(line); continue }
        const bytes = yield* read(line.slice(8))
        if (bytes === undefined) made.push("none")
        else yield* follow(new TextDecoder().decode(bytes))
      }
    }
    yield* follow(readFileSync(inputs.main, "utf8"))
    if (existsSync(here + "/hold")) { writeFileSync(here + "/read", "read"); readFileSync(here + "/go") }
    writeFileSync(outputs.made, made.join("\\n") + "\\n")
  })
}) {}`

/** The same as a program: it tells a list, one a line or for make. */
const programs = (format: "lines" | "make") => `
class Compile extends Command("compile")({
  inputs: () => ({ main: "src/main.tab", script: "compile.sh" }),
  outputs: { made: "file" },
  paths: () => ({ made: "out/made" }),
  discovered: "${format}",
  words: ({ inputs, outputs, discovered }) => ["sh", inputs.script, inputs.main, outputs.made, discovered]
}) {}`
const script = (format: "lines" | "make") => `
: > "$3.list"
sed -n 's/^include //p' "$1" >> "$3.list"
grep -v '^include ' "$1" > "$2" || true
while read -r file; do if [ -e "$file" ]; then cat "$file" >> "$2"; else echo none >> "$2"; fi; done < "$3.list"
if [ -e hold ]; then echo > read; cat go; fi
${format === "lines" ? `cp "$3.list" "$3"` : `{ printf '%s: \\\\\\n' "$2"; sed 's/ /\\\\ /g; s/\\$/$$/g; s/$/ \\\\/' "$3.list"; echo; } > "$3"`}
`

const kinds = {
  "a stage": () => lab.configure(stage, "Compile"),
  "a program that lists them": () => {
    lab.write("compile.sh", script("lines"))
    lab.configure(programs("lines"), "Compile")
  },
  "a program that writes rules for make": () => {
    lab.write("compile.sh", script("make"))
    lab.configure(programs("make"), "Compile")
  }
}

for (const [kind, configure] of Object.entries(kinds))
  describe(`what ${kind} reads and tells of`, () => {
    beforeEach(() => {
      lab.write("src/main.tab", "main\ninclude src/a file.tab\ninclude src/maybe.tab\n")
      lab.write("src/a file.tab", "a\n")
      configure()
    })

    it("74, 75: makes it stale when it changes, goes or comes; touching it does nothing; nothing of it is declared", () => {
      assert.deepStrictEqual(lab.outcomes(), ["compile executed"])
      assert.strictEqual(lab.read("out/made"), "main\na\nnone\n")
      assert.deepStrictEqual(lab.outcomes(), ["compile fresh"])

      lab.write("src/a file.tab", "b\n")
      assert.deepStrictEqual(lab.causes("t:compile"), ["input-changed discovered:src/a file.tab"])
      assert.deepStrictEqual([lab.outcomes(), lab.read("out/made")], [["compile executed"], "main\nb\nnone\n"])

      lab.remove("src/a file.tab")
      assert.deepStrictEqual(lab.causes("t:compile"), ["input-missing discovered:src/a file.tab"])
      assert.deepStrictEqual([lab.outcomes(), lab.read("out/made")], [["compile executed"], "main\nnone\nnone\n"])
      assert.deepStrictEqual(lab.outcomes(), ["compile fresh"])

      lab.write("src/maybe.tab", "maybe\n")
      assert.deepStrictEqual(lab.causes("t:compile"), ["input-appeared discovered:src/maybe.tab"])
      assert.deepStrictEqual([lab.outcomes(), lab.read("out/made")], [["compile executed"], "main\nnone\nmaybe\n"])
      utimesSync(lab.at("src/maybe.tab"), 1, 1)
      assert.deepStrictEqual(lab.outcomes(), ["compile fresh"])
    })

    it("is told anew each time: what is not read any more does not count any more", () => {
      lab.run()
      lab.write("src/main.tab", "main\n")
      assert.deepStrictEqual(lab.outcomes(), ["compile executed"])
      lab.write("src/a file.tab", "b\n")
      assert.deepStrictEqual(lab.outcomes(), ["compile fresh"])
    })

    it("85: taints it if it moves while the task runs, be it put back at once", async () => {
      execFileSync("mkfifo", [lab.at("read"), lab.at("go")])
      for (const edit of [
        () => lab.write("src/a file.tab", "b\n"),
        () => {
          lab.write("src/a file.tab", "b\n")
          lab.write("src/a file.tab", "a\n")
        },
        () => lab.write("src/maybe.tab", "came\n")
      ]) {
        lab.write("src/a file.tab", "a\n")
        lab.remove("src/maybe.tab")
        lab.write("hold", "")
        const child = spawn(process.execPath, [program, "run", "--json"], { cwd: lab.root, stdio: ["ignore", "pipe", "inherit"] })
        const ended = once(child, "exit")
        const printed = text(child.stdout)
        await readFile(lab.at("read"))
        edit()
        await (await open(lab.at("go"), "w")).close()
        await ended
        lab.remove("hold")
        const events: ReadonlyArray<Finished & { readonly event: string }> = (await printed)
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line))
        const finished = events.find(({ event }) => event === "task-finished")
        assert.deepStrictEqual([finished?.outcome, finished?.error?.code], ["tainted", "TASK_TAINTED"])
      }
      lab.write("src/a file.tab", "a\n")
      assert.deepStrictEqual(lab.outcomes(), ["compile executed"])
    })
  })

describe("a discovered file", () => {
  it("outside of the project, and behind a link, counts too; inputs and own outputs are no discoveries", () => {
    const outside = new InputLab()
    try {
      outside.write("far.tab", "far\n")
      lab.write("v1/in.tab", "1\n")
      lab.write("v2/in.tab", "2\n")
      symlinkSync(lab.at("v1"), lab.at("current"))
      lab.write("src/main.tab", `include ${outside.at("far.tab")}\ninclude current/in.tab\ninclude src/main2.tab\n`)
      lab.write("src/main2.tab", "x\n")
      lab.configure(stage, "Compile")
      assert.deepStrictEqual(lab.outcomes(), ["compile executed"])
      const { inputs } = JSON.parse(lab.atlas("show", "t:compile", "--json").stdout).result as {
        inputs: ReadonlyArray<{ name: string; path: string }>
      }
      assert.deepStrictEqual(
        inputs.map(({ name, path }) => [name, path]),
        [
          ["discovered", outside.at("far.tab")],
          ["discovered", "current/in.tab"],
          ["discovered", "src/main2.tab"],
          ["main", "src/main.tab"]
        ]
      )
      outside.write("far.tab", "farther\n")
      assert.deepStrictEqual(lab.causes("t:compile"), [`input-changed discovered:${outside.at("far.tab")}`])
      lab.run()
      lab.link("current", lab.at("v2"))
      assert.deepStrictEqual(lab.causes("t:compile"), ["input-changed discovered:current/in.tab"])
    } finally {
      outside.close()
    }
  })

  const around = (before: boolean, needs = "") => `
class Make extends Command("make")({
  ${before ? 'inputs: () => ({ text: "text.txt" }),' : "needs: [Compile],"}
  outputs: { made: "file" },
  paths: () => ({ made: "made/x.tab" }),
  stdout: "made",
  words: (${before ? "{ inputs }" : "{ needs }"}) => ["cat", ${before ? "inputs.text" : "needs.compile.made"}]
}) {}
${before ? stage.replace("needs: [],", `needs: [${needs}],`) : ""}`

  it("76: that another task makes is an error that names both and the remedy, until the need is there", () => {
    lab.write("text.txt", "text\n")
    lab.write("src/main.tab", "include made/x.tab\n")
    lab.configure(around(true), "Make, Compile")
    for (const round of ["as a whole", "of what is left open"]) {
      const ran = lab.run()
      assert.deepStrictEqual([ran.exit, codesOf(ran)], [1, ["TASK_NEED_MISSING"]], round)
      const { message = "" } = ran.tasks.get("t:compile")?.error ?? {}
      assert.strictEqual(message, "t:compile reads made/x.tab, which t:make makes: add it to needs")
    }
    lab.configure(around(true, "Make"), "Make, Compile")
    assert.deepStrictEqual([lab.outcomes(), lab.read("out/made")], [["compile executed", "make fresh"], "text\n"])
  })

  it("76: that has become another task's output since is looked at again, and told", () => {
    lab.write("text.txt", "text\n")
    lab.write("made/x.tab", "by hand\n")
    lab.write("src/main.tab", "include made/x.tab\n")
    lab.configure(stage, "Compile")
    assert.deepStrictEqual(lab.outcomes(), ["compile executed"])
    lab.configure(around(true), "Make, Compile")
    const ran = lab.run()
    assert.deepStrictEqual([told(ran), codesOf(ran)], [["compile failed", "make executed"], ["TASK_NEED_MISSING"]])
  })

  it("77: that is made of its own output is an error with the whole way round", () => {
    lab.write("src/main.tab", "include made/x.tab\n")
    lab.configure(stage + around(false), "Compile, Make")
    const ran = lab.run()
    assert.deepStrictEqual([ran.exit, codesOf(ran)[0]], [1, "TASK_NEED_CYCLE"])
    const { message = "" } = ran.tasks.get("t:compile")?.error ?? {}
    assert.strictEqual(message, "t:compile reads made/x.tab, which t:make makes, and that comes after it: t:compile → t:make → t:compile")
  })

  it("is compared before a result comes from the cache: only what was made of the same comes back", () => {
    lab.write("src/main.tab", "main\ninclude src/a.tab\n")
    lab.write("src/a.tab", "a\n")
    lab.configure(stage, "Compile")
    lab.run()
    const lose = () => {
      lab.remove(".atlas/traces")
      lab.remove("out")
    }
    lose()
    assert.deepStrictEqual([lab.outcomes(), lab.read("out/made")], [["compile restored"], "main\na\n"])
    assert.deepStrictEqual(lab.outcomes(), ["compile fresh"])
    lab.write("src/a.tab", "b\n")
    assert.deepStrictEqual(lab.causes("t:compile"), ["input-changed discovered:src/a.tab"])
    lose()
    assert.deepStrictEqual([lab.outcomes(), lab.read("out/made")], [["compile executed"], "main\nb\n"])
  })

  it("of a check counts for the check", () => {
    lab.write("src/main.tab", "main\n")
    lab.write("expected.tab", "main\n")
    const check = `
class Same extends Check("same")({
  on: Compile,
  options: Schema.Struct({}),
  findings: { other: { severity: "error", hint: "look" } },
  errors: [],
  run: ({ subject, read, report }) => Effect.gen(function*() {
    const expected = yield* read("expected.tab")
    if (readFileSync(subject.made, "utf8") !== new TextDecoder().decode(expected)) yield* report("other", { at: "made", message: "it is another" })
  })
}) {}`
    lab.configure(stage + check, "Compile", "{}", " checks: [Same],")
    assert.deepStrictEqual(lab.outcomes(), ["compile executed", "compile:same executed"])
    lab.write("expected.tab", "other\n")
    const ran = lab.run()
    assert.deepStrictEqual([told(ran), ran.tasks.get("t:compile:same")?.verdict], [["compile fresh", "compile:same executed"], "failed"])
  })
})

it("a program that does not tell what it promised fails", () => {
  writeFileSync(lab.at("main"), "x")
  lab.configure(
    `class Mute extends Command("mute")({
  inputs: () => ({ main: "main" }),
  outputs: { made: "file" },
  discovered: "lines",
  stdout: "made",
  words: ({ inputs }) => ["cat", inputs.main]
}) {}`,
    "Mute"
  )
  const ran = lab.run()
  assert.deepStrictEqual([told(ran), codesOf(ran)], [["mute failed"], ["TASK_OUTPUT_MISSING"]])
})
