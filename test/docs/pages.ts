/** README and docs as a reader sees them: pages, their fenced blocks, links and headings. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

export const repository = join(import.meta.dirname, "..", "..")

export interface Block {
  readonly page: string
  /** Line of the opening fence, from 1. */
  readonly line: number
  readonly language: string
  /** `title="…"` of the fence: the file that the block is. */
  readonly title: string | null
  /** Bare words of the fence after the language. */
  readonly words: ReadonlyArray<string>
  readonly text: string
}

export interface Page {
  /** Relative to the repository. */
  readonly path: string
  readonly text: string
  readonly blocks: ReadonlyArray<Block>
  /** The text without its blocks, line by line. */
  readonly prose: ReadonlyArray<string>
}

const fence = /^```(\S*)\s*(.*)$/

const read = (path: string): Page => {
  const text = readFileSync(join(repository, path), "utf8")
  const blocks: Array<Block> = []
  const prose: Array<string> = []
  let open: { readonly line: number; readonly language: string; readonly info: string; readonly lines: Array<string> } | null = null
  for (const [index, line] of text.split("\n").entries()) {
    const match = fence.exec(line)
    if (open === null && match !== null) open = { line: index + 1, language: match[1] ?? "", info: match[2] ?? "", lines: [] }
    else if (open !== null && line === "```") {
      const title = /title="([^"]+)"/.exec(open.info)?.[1] ?? null
      const words = open.info
        .replace(/title="[^"]+"/, "")
        .split(/\s+/)
        .filter(Boolean)
      blocks.push({ page: path, line: open.line, language: open.language, title, words, text: `${open.lines.join("\n")}\n` })
      open = null
    } else if (open !== null) open.lines.push(line)
    else prose.push(line)
  }
  if (open !== null) throw new Error(`${path}:${open.line} opens a block that is not closed`)
  return { path, text, blocks, prose }
}

const below = (folder: string): ReadonlyArray<string> =>
  readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => `${folder}/${path}`)
    .sort()

/** README.md, data/README.md and all of docs/. */
export const pages: ReadonlyArray<Page> = ["README.md", "data/README.md", ...below("docs")].map(read)

/** `[text](target)` outside of blocks and inline code, images too. */
export const linksOf = ({ prose }: Page): ReadonlyArray<string> =>
  prose.flatMap((line) => [...line.replace(/`[^`]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? ""))

/** All inline code and blocks, a line each. */
export const codeOf = ({ blocks, prose }: Page): string =>
  [...prose.flatMap((line) => [...line.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "")), ...blocks.map(({ text }) => text)].join(
    "\n"
  )

/** Anchors as GitHub makes them from headings. */
export const anchorsOf = ({ prose }: Page): ReadonlySet<string> => {
  const seen = new Map<string, number>()
  const anchors = new Set<string>()
  for (const line of prose) {
    const heading = /^#{1,6} (.*)$/.exec(line)?.[1]
    if (heading === undefined) continue
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-")
    const times = seen.get(slug) ?? 0
    seen.set(slug, times + 1)
    anchors.add(times === 0 ? slug : `${slug}-${times}`)
  }
  return anchors
}
