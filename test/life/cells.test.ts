/** A shared store between a project, its operators and other projects, through the programs that users run. */
import { appendFileSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { hostname, userInfo } from "node:os"
import { join } from "node:path"
import { afterEach, assert, beforeEach, describe, it, vi } from "vitest"
import { gunzipSync, gzipSync } from "node:zlib"
import { type Ran, Workplace } from "./workplace.ts"

// many runs of real processes each
vi.setConfig({ testTimeout: 300_000 })

const alias = "*/phix174/NC_001422.1:alias"
const of = (release: string, stage: string) => `${release}/phix174/NC_001422.1:${stage}`
const published = (release: string) => `serving-store/release=${release}/species=phix174/assembly=NC_001422.1`
const aliasFile = "serving-store/aliases/latest/species=phix174/assembly=NC_001422.1.json"

/** A project of releases of one small genome. */
const configure = (lab: Workplace, releases: ReadonlyArray<string>, store = "serving-store") => {
  const targets = releases.map(
    (release) =>
      `target(dataset({ release: "${release}", species: "phix174", assembly: "NC_001422.1", gff3: "data/phix.gff3.gz", fasta: "data/phix.fa" }))`
  )
  writeFileSync(
    join(lab.root, "atlas.config.ts"),
    `import { project } from "atlas-run"
import { atlas, dataset } from "atlas-run/atlas"
const life = atlas.life({ store: ${JSON.stringify(store)} })
export default project({ name: "lab", stages: life.stages, targets: (target) => [${targets.join(", ")}] })
`
  )
}

let lab: Workplace
beforeEach(() => {
  lab = new Workplace()
})
afterEach(() => lab.remove())

const text = (path: string): string => readFileSync(join(lab.root, path), "utf8")
const pointsTo = (): string => JSON.parse(text(aliasFile)).dataset.release
const id = (release: string) => ["--release", release, "--species", "phix174", "--assembly", "NC_001422.1"]
const catalog = (command: string, release: string, ...more: ReadonlyArray<string>) =>
  lab.dataset("catalog", command, "--store-root", "serving-store", ...id(release), ...more)
const outcomeOf = (ran: Ran, task: string) => ran.tasks.get(task)?.outcome
const ok = ({ status, stdout, stderr }: ReturnType<Workplace["dataset"]>) => assert.strictEqual(status, 0, stdout + stderr)

/** Releases 1 and 2, up to date: the alias points to 2. */
const upToDate = () => {
  configure(lab, ["1", "2"])
  const first = lab.run()
  assert.deepStrictEqual([first.exit, pointsTo()], [0, "2"], first.output.stdout + first.output.stderr)
}

const drifted = () => {
  const store = lab.digests("serving-store")
  const ran = lab.run()
  assert.deepStrictEqual(
    [ran.exit, ran.counts["executed"], ran.counts["drifted"], outcomeOf(ran, alias)],
    [1, 0, 1, "drifted"],
    ran.output.stderr
  )
  assert.deepStrictEqual(lab.digests("serving-store"), store)
  const error = ran.tasks.get(alias)?.error as unknown as { code: string; message: string; details: Record<string, string> }
  assert.strictEqual(error.code, "CELL_DRIFTED")
  return error
}

const quiet = () => {
  const again = lab.run()
  assert.deepStrictEqual([again.exit, again.counts["executed"], again.counts["drifted"]], [0, 0, 0], again.output.stdout)
  return again
}

describe("an alias that an operator rolled back", () => {
  it("is drifted with his name, is touched by no run, and stays where it is once adopted, until there is a new release", () => {
    upToDate()
    ok(catalog("latest-alias-update", "1"))
    assert.strictEqual(pointsTo(), "1")
    const { details, message } = drifted()
    assert.deepStrictEqual([details["by"], details["host"]], [userInfo().username, hostname()])
    assert.include(message, `by ${userInfo().username} on ${hostname()}`)
    const moved = Date.parse(details["at"] ?? "")
    assert.isBelow(Math.abs(moved - statSync(join(lab.root, aliasFile)).mtimeMs), 60_000)
    assert.include(lab.atlas("why", alias).stdout, `by ${userInfo().username}`)

    const adopted = lab.json("adopt", alias, "--because", "release 2 has a fault", "--by", "ann")
    assert.deepStrictEqual(
      adopted.tasks.map(({ task, result }: { task: string; result: string }) => [task, result]),
      [[alias, "adopted"]]
    )
    for (let time = 0; time < 2; time++) assert.strictEqual(outcomeOf(quiet(), alias), "fresh")
    assert.strictEqual(pointsTo(), "1")
    assert.strictEqual(lab.atlas("status", "--check").status, 0)
    assert.isTrue(lab.json("verify").ok)
    const why = lab.json("why", alias)
    assert.include(why.sentence, "adopted by ann")
    assert.deepStrictEqual([why.adoptions.length, why.adoptions[0].because, why.adoptions[0].inForce], [1, "release 2 has a fault", true])

    configure(lab, ["1", "2", "3"])
    const next = lab.run()
    assert.deepStrictEqual([next.exit, outcomeOf(next, alias), pointsTo()], [0, "executed", "3"])
    assert.deepStrictEqual(
      lab.json("why", alias).adoptions.map(({ because, inForce }: { because: string; inForce: boolean }) => [because, inForce]),
      [["release 2 has a fault", false]]
    )
    quiet()
  })

  it("by editing the file is drifted by nobody known, at the time of the file, and is put back by force", () => {
    upToDate()
    const other = JSON.parse(text(aliasFile))
    const manifest = lab.digests(published("1")).get(`${published("1")}/derived/manifest.json`)
    writeFileSync(
      join(lab.root, aliasFile),
      JSON.stringify({ ...other, dataset: { ...other.dataset, release: "1" }, manifest_sha256: manifest }, null, 1)
    )
    const when = new Date("2026-05-01T10:00:00.000Z")
    utimesSync(join(lab.root, aliasFile), when, when)
    const { details } = drifted()
    assert.deepStrictEqual([details["by"], details["at"]], ["unknown", when.toISOString()])
    const forced = lab.run("--force", alias)
    assert.deepStrictEqual([forced.exit, outcomeOf(forced, alias), pointsTo()], [0, "executed", "2"])
    quiet()
  })

  it("is not adopted without a reason, nor where it points to what is not served", () => {
    upToDate()
    assert.strictEqual(lab.atlas("adopt", alias).status, 2)
    writeFileSync(join(lab.root, aliasFile), text(aliasFile).replace('"release":"2"', '"release":"7"'))
    drifted()
    const refused = lab.atlas("adopt", alias, "--because", "it looks good")
    assert.strictEqual(refused.status, 1)
    assert.include(refused.stdout, "7/phix174/NC_001422.1, which is not in the catalog")
    writeFileSync(join(lab.root, aliasFile), "no alias")
    drifted()
    assert.strictEqual(lab.atlas("adopt", alias, "--because", "it looks good").status, 1)
    drifted()
  })
})

describe("a dataset that an operator took out of the catalog", () => {
  it("is held with its alias, and nothing is executed, until it is forced", () => {
    upToDate()
    const refused = catalog("rollback", "2", "--because", "wrong")
    assert.deepStrictEqual([refused.status, refused.stderr.includes("latest points to it")], [1, true], refused.stderr)
    ok(catalog("rollback", "2", "--because", "wrong", "--move-alias-to", "1", "--actor", "ann"))
    for (let time = 0; time < 2; time++) {
      const ran = quiet()
      assert.deepStrictEqual(
        [outcomeOf(ran, of("2", "promote")), outcomeOf(ran, alias), outcomeOf(ran, of("2", "pack"))],
        ["held", "held", "fresh"]
      )
    }
    assert.strictEqual(pointsTo(), "1")
    assert.include(lab.atlas("why", of("2", "promote")).stdout, "retired by ann")
    const forced = lab.run("--force", of("2", "promote"), "--force", alias)
    assert.deepStrictEqual([forced.exit, pointsTo()], [0, "2"], forced.output.stdout)
    quiet()
  })

  it("for good is not published again when its folder is removed", () => {
    upToDate()
    ok(catalog("retire", "1", "--because", "old"))
    rmSync(join(lab.root, published("1")), { recursive: true })
    const ran = quiet()
    assert.deepStrictEqual([outcomeOf(ran, of("1", "publish")), outcomeOf(ran, of("1", "promote"))], ["held", "held"])
    rmSync(join(lab.root, published("2")), { recursive: true })
    assert.strictEqual(outcomeOf(lab.run(), of("2", "publish")), "executed")
  })

  it("with its alias is held also if that is gone", () => {
    upToDate()
    ok(catalog("rollback", "2", "--because", "wrong", "--remove-alias"))
    assert.strictEqual(outcomeOf(quiet(), alias), "held")
  })
})

describe("a store that several use", () => {
  it("is at rest for two releases that both promote, and while another project publishes into it", () => {
    upToDate()
    quiet()
    const other = new Workplace()
    try {
      configure(other, ["5"], join(lab.root, "serving-store"))
      // of another kind, or it would move our alias
      const config = join(other.root, "atlas.config.ts")
      writeFileSync(config, readFileSync(config, "utf8").replace('assembly: "NC_001422.1"', 'assembly: "other"'))
      const ran = other.run()
      assert.deepStrictEqual([ran.exit, JSON.parse(text("serving-store/catalog.json")).datasets.length], [0, 3], ran.output.stdout)
    } finally {
      other.remove()
    }
    const store = lab.digests("serving-store")
    const again = quiet()
    assert.strictEqual(again.counts["fresh"], again.tasks.size)
    assert.deepStrictEqual(lab.digests("serving-store"), store)
  })

  it("keeps a damaged dataset as it is, against force and adopt", () => {
    upToDate()
    appendFileSync(join(lab.root, published("1"), "derived/qc.json"), " ")
    const store = lab.digests("serving-store")
    const forced = lab.run("--force", of("1", "publish"))
    assert.deepStrictEqual([forced.exit, forced.tasks.get(of("1", "publish"))?.error?.code], [1, "PUBLISHED_DAMAGED"])
    const refused = lab.json("adopt", of("1", "publish"), "--because", "it looks good")
    assert.deepStrictEqual([refused.ok, refused.tasks[0].errors[0].code], [false, "ADOPT_REFUSED"])
    assert.deepStrictEqual(lab.digests("serving-store"), store)
  })
})

describe("build roots that are there without a record", () => {
  it("142: are adopted once they are proven, and what needs them runs on them", () => {
    upToDate()
    lab.forget()
    const adopted = lab.json("adopt", ":ingest", ":validate", "--because", "built elsewhere")
    assert.deepStrictEqual(adopted.tasks.map(({ task, result }: { task: string; result: string }) => [task, result]).sort(), [
      [of("1", "ingest"), "adopted"],
      [of("1", "validate"), "refused"],
      [of("2", "ingest"), "adopted"],
      [of("2", "validate"), "refused"]
    ])
    const ran = lab.run()
    assert.deepStrictEqual(
      [ran.exit, outcomeOf(ran, of("1", "ingest")), outcomeOf(ran, of("1", "validate")), outcomeOf(ran, of("1", "publish"))],
      [0, "fresh", "executed", "fresh"]
    )
    assert.include(lab.json("why", of("1", "ingest")).sentence, "built elsewhere")
    quiet()
  })

  it("are refused if a byte of them or of their inputs is another", () => {
    upToDate()
    lab.forget()
    appendFileSync(join(lab.root, "build/release=1/species=phix174/assembly=NC_001422.1/derived/qc.json"), " ")
    const refusals = () => {
      const { tasks } = lab.json("adopt", ":ingest", "--because", "built elsewhere")
      return tasks.map(({ result, errors }: { result: string; errors: ReadonlyArray<{ message: string }> }) => [
        result,
        errors[0]?.message ?? ""
      ])
    }
    const [one, two] = refusals()
    assert.deepStrictEqual([one[0], one[1].includes("qc.json"), two[0]], ["refused", true, "adopted"])
    lab.forget()
    const gff3 = join(lab.root, "data", "phix.gff3.gz")
    writeFileSync(gff3, gzipSync(Buffer.concat([gunzipSync(readFileSync(gff3)), Buffer.from("#\n")])))
    const [, other] = refusals()
    assert.deepStrictEqual([other[0], other[1].includes("another gff3")], ["refused", true])
    assert.strictEqual(outcomeOf(lab.run(":ingest"), of("2", "ingest")), "executed")
  })
})
