/** The files of a made-up project, what is known of its successes, and the program that brings it up to date. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { Lab } from "../scenarios/lab.ts"
import type { World } from "./graph.ts"
import type { Memory } from "./model.ts"
import { sourcesOf } from "./sources.ts"

export class PropertyLab {
  readonly world: World
  readonly lab: Lab
  readonly root: string
  readonly memory: Memory = { recipes: new Map(), applied: new Map(), damaged: new Set(), live: new Map() }
  #laid: ReadonlyMap<string, string> = new Map()

  constructor(world: World) {
    this.world = world
    this.lab = Lab.of("")
    this.root = this.lab.root
    for (const folder of ["in", "plugins"]) this.remove(folder)
    this.lay()
  }

  at(path: string): string {
    return join(this.root, path)
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(this.at(path)), { recursive: true })
    writeFileSync(this.at(path), text)
  }

  remove(path: string): void {
    rmSync(this.at(path), { recursive: true, force: true })
  }

  /** Writes the sources that are others than before, and removes those that are no more. */
  lay(): void {
    const now = sourcesOf(this.world)
    for (const [path, text] of now)
      if (this.#laid.get(path) !== text) {
        // in place of a link, not through it
        if (this.world.files.has(path)) this.remove(path)
        this.write(path, text)
      }
    for (const path of this.#laid.keys()) if (!now.has(path)) this.remove(path)
    this.#laid = now
    for (const [name, value] of this.world.environment) this.lab.set(name, value)
  }

  /** Outputs of stages that are no cells, by task. */
  outputs(): ReadonlyMap<string, string> {
    return new Map(
      this.world.targets.flatMap(({ id }) =>
        this.world.stages.flatMap(({ name, kind }) =>
          kind === "cell" ? [] : [[`${id}:${name}`, `.atlas/outputs/${id}/${name}/out`] as const]
        )
      )
    )
  }

  cells(): ReadonlyMap<string, string> {
    return new Map(
      this.world.targets.flatMap(({ id }) =>
        this.world.stages.flatMap(({ name, kind }) => (kind === "cell" ? [[`${id}:${name}`, `store/${id}.${name}.json`] as const] : []))
      )
    )
  }

  /** Files of the state and the cache, but for what hosts compiled and outputs. */
  stateFiles(): ReadonlyArray<string> {
    return readdirSync(this.at(".atlas"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes("compile-cache") && !entry.parentPath.includes(".atlas/outputs"))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
  }

  read(path: string): string | null {
    try {
      return readFileSync(this.at(path), "utf8")
    } catch {
      return null
    }
  }
}
