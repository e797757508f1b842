/** Every block of README and docs is what it says: configs compile and evaluate, commands run and print what is shown, JSON parses. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { spawnSync } from "node:child_process"
import { tmpdir } from "node:os"
import { dirname, join, normalize } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import { generated } from "./generated.ts"
import { furnish, Lab } from "./lab.ts"
import { anchorsOf, type Block, codeOf, linksOf, type Page, pages, repository } from "./pages.ts"
import { mismatch, stepsOf } from "./transcript.ts"
import { commandProblems, commandsIn } from "./commands.ts"

const at = ({ page, line }: Block): string => `${page}:${line}`
const blocks = pages.flatMap((page) => page.blocks)
const languages = new Set(["ts", "sh", "console", "json", "yaml", "text"])

/** Where commands are shown as on a fresh machine, before there is anything to run them with. */
const isOutside = ({ words }: Block): boolean => words.includes("fresh-machine")
const runs = (page: Page): boolean => page.blocks.some((block) => ["sh", "console"].includes(block.language) && !isOutside(block))

describe("a page", () => {
  it("has blocks of known languages only, and each module in it has a name", () => {
    assert.deepStrictEqual(
      blocks.filter((block) => !languages.has(block.language) || (block.language === "ts" && block.title === null)).map(at),
      []
    )
  })

  it("leads to files and headings that are there", () => {
    const byPath = new Map(pages.map((page) => [page.path, page]))
    const broken = pages.flatMap((page) =>
      linksOf(page)
        .filter((link) => !/^[a-z]+:/.test(link))
        .filter((link) => {
          const [path = "", anchor] = link.split("#")
          const target = path === "" ? page.path : normalize(join(dirname(page.path), path))
          if (!existsSync(join(repository, target))) return true
          const other = byPath.get(target)
          return anchor !== undefined && other !== undefined && !anchorsOf(other).has(anchor)
        })
        .map((link) => `${page.path}: ${link}`)
    )
    assert.deepStrictEqual(broken, [])
  })

  it("holds JSON that parses", () => {
    for (const block of blocks.filter(({ language }) => language === "json")) assert.doesNotThrow(() => JSON.parse(block.text), at(block))
  })

  it("names commands and flags that exist, wherever it names any", () => {
    assert.deepStrictEqual(
      pages.flatMap((page) =>
        commandsIn(page).flatMap((command) => commandProblems(command).map((problem) => `${page.path}: ${command}: ${problem}`))
      ),
      []
    )
  })

  it("that is made from the code is up to date: npm run docs makes it again", async () => {
    for (const [path, text] of await generated()) assert.strictEqual(readFileSync(join(repository, path), "utf8"), text, path)
  })
})

describe("README", () => {
  const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { scripts: Record<string, string> }

  it("tells the two commands, which package.json has", () => {
    const told = blocks.filter((block) => block.page === "README.md" && isOutside(block)).flatMap(({ text }) => text.split("\n"))
    for (const command of ["npm ci && npm start", "npm ci && npm test"])
      assert.isTrue(
        told.some((line) => line.startsWith(command)),
        command
      )
    assert.include(readFileSync(join(repository, ".ci", "run"), "utf8"), "npm test")
  })

  it("and all pages name only scripts that package.json has", () => {
    const builtin = new Set(["ci", "install", "run", "cache"])
    const named = pages.flatMap((page) =>
      [...codeOf(page).matchAll(/\bnpm (?:run )?([a-z]+)\b/g)].map((match) => ({ path: page.path, script: match[1] ?? "" }))
    )
    assert.deepStrictEqual(
      named.filter(({ script }) => !builtin.has(script) && scripts[script] === undefined),
      []
    )
  })
})

describe("modules shown in pages", () => {
  const place = mkdtempSync(join(tmpdir(), "atlas docs types "))
  afterAll(() => rmSync(place, { recursive: true, force: true }))

  it("compile as strictly as the project does", () => {
    const origin = new Map<string, Block>()
    for (const [index, page] of pages.entries()) {
      let files = new Map<string, Block>()
      let version = 0
      const lay = (): void => {
        if (files.size === 0) return
        const folder = join(place, `page-${index}-${version++}`)
        mkdirSync(folder)
        furnish(folder)
        for (const [title, block] of files) {
          mkdirSync(dirname(join(folder, title)), { recursive: true })
          writeFileSync(join(folder, title), block.text)
          origin.set(join(folder, title), block)
        }
      }
      for (const block of page.blocks) {
        if (block.language !== "ts" || block.title === null) continue
        if (files.has(block.title)) lay()
        files = new Map([...files, [block.title, block]])
      }
      lay()
    }
    writeFileSync(
      join(place, "tsconfig.json"),
      JSON.stringify({
        extends: join(repository, "tsconfig.json"),
        compilerOptions: { typeRoots: [join(repository, "node_modules", "@types")] },
        include: [],
        files: [...origin.keys()]
      })
    )
    const { stdout } = spawnSync(process.execPath, [join(repository, "node_modules/typescript/bin/tsc"), "--noEmit", "-p", place], {
      cwd: place,
      encoding: "utf8"
    })
    const told = stdout
      .split("\n")
      .filter((line) => line.startsWith("page-"))
      .map((line) => {
        const [, path = "", rest = ""] = /^([^(]+)(\(.*)$/.exec(line) ?? []
        const block = origin.get(join(place, path))
        return block === undefined ? line : `${at(block)} ${block.title}${rest}`
      })
    assert.deepStrictEqual(told, [])
    assert.isAbove(origin.size, 0)
  })
})

describe("commands shown in pages", () => {
  for (const page of pages.filter(runs))
    it.concurrent(`of ${page.path} run as shown`, async () => {
      const lab = new Lab()
      try {
        assert.isNull(await firstProblem(page, lab))
      } finally {
        lab.remove()
      }
    })
})

const firstProblem = async (page: Page, lab: Lab): Promise<string | null> => {
  for (const block of page.blocks) {
    if (isOutside(block)) continue
    if (block.title !== null) lab.write(block.title, block.text)
    else if (block.language === "sh") {
      const { exit, stdout, stderr } = await lab.say(block.text)
      if (exit !== 0) return `${at(block)} ended with ${exit}\n${stdout}${stderr}`
    } else if (block.language === "console") {
      const problem = await transcriptProblem(block, lab)
      if (problem !== null) return problem
    }
  }
  return null
}

/** An exit code other than 0 has to be told by `echo $?`. */
const transcriptProblem = async (block: Block, lab: Lab): Promise<string | null> => {
  let exit: number | null = 0
  let told = ""
  for (const { command, shown } of stepsOf(block.text)) {
    if (command === "echo $?") {
      if (shown.join("") !== String(exit)) return told
      exit = 0
      continue
    }
    if (exit !== 0) return told
    const said = await lab.say(command)
    exit = said.exit
    told = `${at(block)} ${command} ended with ${exit}\n${said.stdout}${said.stderr}`
    const line = mismatch(shown, said.stdout === "" ? said.stderr : said.stdout)
    if (line !== null) return `${told}\nthe page shows ${line}`
  }
  return exit === 0 ? null : told
}
