/** The twenty scenarios. Each is given a project that is up to date, and gives whether what happened is right, and which stages ran. */
import { chmodSync, copyFileSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as later } from "node:timers/promises"
import { endGroup, isAlive } from "./field.mjs"

/** Right if the final output is what a build from nothing gives. */
const rightAfter = async (field, ...allowed) => {
  const { rc, ran } = await field.run()
  return { ok: rc === 0 && field.isRight && (allowed.length === 0 || allowed.includes(ran)), ran, rc }
}
const edit = (field, line) => field.write("in.txt", `# remark\n${line}\n`)

/** A run that A stops in, where `name` says, for something to be done. */
const during = async (field, name, act) => {
  field.pull(name)
  const { child, ended } = field.start()
  const pid = await field.held(ended)
  const done = pid === null ? undefined : await act({ child, pid })
  field.release(name)
  return { ...(await ended), done, met: pid !== null }
}

const spoiled = (change) => async (field) => {
  const { cache } = field.tool
  if (cache === undefined) return null
  const files = field.files(cache)
  if (files.length === 0) return null
  for (const path of files) change(path)
  for (const output of ["a.out", "b.out"]) rmSync(field.at(output), { force: true })
  return rightAfter(field)
}

export const rounds = [
  [
    "s02",
    "input touched: nothing runs",
    async (field) => {
      const now = new Date(Date.now() + 5_000)
      utimesSync(field.at("in.txt"), now, now)
      return rightAfter(field, "")
    }
  ],
  [
    "s04",
    "input edited, A's output identical: A alone",
    async (field) => {
      field.write("in.txt", "# another remark\none\n")
      return rightAfter(field, "A")
    }
  ],
  [
    "s05",
    "final output deleted: restored, or B",
    async (field) => {
      rmSync(field.at("b.out"))
      return rightAfter(field, "", "B")
    }
  ],
  [
    "s06",
    "intermediate deleted: the final one stays right",
    async (field) => {
      rmSync(field.at("a.out"))
      return rightAfter(field)
    }
  ],
  [
    "s07",
    "output's content altered: healed",
    async (field) => {
      field.append("b.out")
      return rightAfter(field)
    }
  ],
  [
    "s08",
    "the same, size and mtime as before",
    async (field) => {
      field.tamper("b.out")
      return rightAfter(field)
    }
  ],
  [
    "s09",
    "command of B changed: B runs",
    async (field) => {
      field.configure("v2")
      return rightAfter(field)
    }
  ],
  [
    "s10",
    "input edited after A read it: the next run runs",
    async (field) => {
      edit(field, "two")
      await during(field, "after", () => edit(field, "three"))
      return rightAfter(field)
    }
  ],
  [
    "s11",
    "kill -9 with a partial output: the next run heals",
    async (field) => {
      edit(field, "two")
      await during(field, "partial", ({ child, pid }) => {
        endGroup(child.pid)
        if (isAlive(pid)) process.kill(pid, "SIGKILL")
      })
      return rightAfter(field)
    }
  ],
  [
    "s12",
    "a stage fails, its cause is mended",
    async (field) => {
      edit(field, "two")
      field.pull("fail")
      const { rc } = await field.run()
      field.release("fail")
      const after = await rightAfter(field)
      return { ...after, ok: after.ok && rc !== 0 }
    }
  ],
  [
    "s13",
    "other content, older mtime: A and B",
    async (field) => {
      edit(field, "two")
      utimesSync(field.at("in.txt"), 1_000_000_000, 1_000_000_000)
      return rightAfter(field)
    }
  ],
  [
    "s14",
    "other content, same size and mtime: A and B",
    async (field) => {
      const { atime, mtime } = statSync(field.at("in.txt"))
      edit(field, "two")
      utimesSync(field.at("in.txt"), atime, mtime)
      return rightAfter(field)
    }
  ],
  [
    "s15",
    "edit, run, revert, run",
    async (field) => {
      edit(field, "two")
      const first = await rightAfter(field)
      edit(field, "one")
      const second = await rightAfter(field)
      return { ...second, ok: first.ok && second.ok }
    }
  ],
  [
    "s16",
    "two processes at once: each stage once",
    async (field) => {
      edit(field, "two")
      const before = field.ran.length
      field.pull("before")
      const first = field.start()
      await field.held(first.ended)
      const second = field.start()
      // long enough for every tool to begin its own A, if it is going to
      await Promise.race([second.ended, later(field.tool.settleMs ?? 4_000)])
      field.release("before")
      const ends = await Promise.all([first.ended, second.ended])
      const ran = field.ran.slice(before).split("").sort().join("")
      return { ok: ran === "AB" && ends.some(({ rc }) => rc === 0) && field.isRight, ran, rc: ends.map(({ rc }) => rc).join(" ") }
    }
  ],
  [
    "s17",
    "a byte of each object in the cache flipped, outputs deleted",
    spoiled((path) => {
      const bytes = readFileSync(path)
      bytes[bytes.length >> 1] ^= 1
      chmodSync(path, 0o644)
      writeFileSync(path, bytes)
    })
  ],
  ["s18", "objects of the cache deleted, outputs too", spoiled((path) => rmSync(path, { force: true }))],
  [
    "s20",
    "output replaced by a link: healed, its end untouched",
    async (field) => {
      const elsewhere = join(field.home, "elsewhere")
      copyFileSync(field.at("b.out"), elsewhere)
      writeFileSync(elsewhere, "mine\n")
      rmSync(field.at("b.out"))
      symlinkSync(elsewhere, field.at("b.out"))
      const after = await rightAfter(field)
      return { ...after, ok: after.ok && readFileSync(elsewhere, "utf8") === "mine\n" }
    }
  ],
  [
    "s21",
    "input edited before A read it: taking it back brings nothing wrong",
    async (field) => {
      edit(field, "two")
      await during(field, "before", () => edit(field, "three"))
      edit(field, "two")
      return rightAfter(field)
    }
  ],
  [
    "s22",
    "state files truncated: still works",
    async (field) => {
      const files = field.tool.state === undefined ? [] : field.files(field.tool.state)
      if (files.length === 0) return null
      for (const path of files) {
        chmodSync(path, 0o644)
        truncateSync(path)
      }
      const first = await rightAfter(field)
      edit(field, "two")
      const second = await rightAfter(field)
      return { ...first, ok: first.ok && second.ok }
    }
  ],
  [
    "s23",
    "SIGINT to the tool's process alone: nothing left, ends within 6 s",
    async (field) => {
      edit(field, "two")
      field.pull("before")
      const { child, ended } = field.start()
      const pid = await field.held(ended)
      if (pid === null) return { ok: false, ran: "", rc: "did not begin" }
      child.kill("SIGINT")
      const end = await Promise.race([ended, later(6_000, null)])
      const orphan = isAlive(pid)
      endGroup(child.pid)
      if (isAlive(pid)) process.kill(pid, "SIGKILL")
      field.release("before")
      return { ok: end !== null && !orphan, ran: "", rc: end === null ? "does not end" : orphan ? `${end.rc}, orphans` : end.rc }
    }
  ]
]
