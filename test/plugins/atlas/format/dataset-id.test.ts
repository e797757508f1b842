import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import {
  canonicalId,
  compareDatasets,
  compareReleases,
  type DatasetId,
  datasetFolder,
  datasetId,
  datasetKey,
  parseDatasetId,
  partsOfFolder
} from "../../../../plugins/atlas/format/dataset-id.ts"

const id = (release: string, species: string, assembly: string) => Effect.runSync(datasetId({ release, species, assembly }))

describe("a dataset id", () => {
  it("is printed as path, key and folder", () => {
    const human = id("110", "homo_sapiens", "GRCh38")
    assert.strictEqual(canonicalId(human), "110/homo_sapiens/GRCh38")
    assert.strictEqual(datasetKey(human), "release=110&species=homo_sapiens&assembly=GRCh38")
    assert.strictEqual(datasetFolder(human), "release=110/species=homo_sapiens/assembly=GRCh38")
  })

  it("is trimmed of Unicode white space, not of U+FEFF, and keeps leading zeros and case", () => {
    assert.deepStrictEqual({ ...id("\u0085007\u3000", " a_1\n", "\u2028v1.X") }, { release: "007", species: "a_1", assembly: "v1.X" })
    assert.include(Effect.runSync(Effect.flip(datasetId({ release: "\ufeff1", species: "a", assembly: "A" }))).message, "numeric")
  })

  it.effect.each([
    ["", "homo", "A", "release must not be empty"],
    ["110x", "homo", "A", "release must be numeric string (e.g. 110)"],
    ["12345678901234567", "homo", "A", "release exceeds max length 16"],
    ["1", "", "A", "species must not be empty"],
    ["1", "Homo-sapiens", "A", "species must match [a-z0-9_]+ in snake_case"],
    ["1", "a".repeat(65), "A", "species exceeds max length 64"],
    ["1", "_homo", "A", "species must not start/end with '_' or contain '__'"],
    ["1", "homo__s", "A", "species must not start/end with '_' or contain '__'"],
    ["1", "homo", "", "assembly must not be empty"],
    ["1", "homo", "A/B", "assembly must match [A-Za-z0-9._]+"],
    ["1", "homo", "A".repeat(65), "assembly exceeds max length 64"],
    ["1", "homo", ".", "assembly must not be `.` or `..`"],
    ["1", "homo", "..", "assembly must not be `.` or `..`"]
  ] as const)("refuses %s/%s/%s", ([release, species, assembly, problem]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* Effect.flip(datasetId({ release, species, assembly }))).problems, [problem])
    })
  )

  it.effect("tells all problems at once", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(datasetId({ release: "x", species: "X", assembly: "-" }))
      assert.strictEqual(error.problems.length, 3)
      assert.include(error.message, "release must be numeric")
      assert.include(error.message, "assembly must match")
    })
  )

  it.effect("is parsed from its canonical string, with exactly three parts", () =>
    Effect.gen(function* () {
      assert.strictEqual(canonicalId(yield* parseDatasetId("110/homo_sapiens/GRCh38")), "110/homo_sapiens/GRCh38")
      for (const text of ["110/homo", "110/homo/A/B", "110/homo/A/", "", "//"])
        assert.strictEqual((yield* Effect.flip(parseDatasetId(text)))._tag, "DatasetIdInvalid", text)
    })
  )

  it("is found in a folder's last three segments, and only there", () => {
    assert.deepStrictEqual(partsOfFolder("/b/release=1/species=s/assembly=A"), { release: "1", species: "s", assembly: "A" })
    assert.deepStrictEqual(partsOfFolder("release=1/species=s/assembly=A/"), { release: "1", species: "s", assembly: "A" })
    assert.isUndefined(partsOfFolder("/b/release=1/species=s/assembly=A/derived"))
    assert.isUndefined(partsOfFolder("assembly=A"))
  })

  it("orders releases as numbers, and catalogs bytewise", () => {
    assert.deepStrictEqual(["110", "9", "010", "10", "1000000000000000", "999999999999999"].sort(compareReleases), [
      "9",
      "010",
      "10",
      "110",
      "999999999999999",
      "1000000000000000"
    ])
    const datasets: Array<DatasetId> = [id("99", "a", "A"), id("110", "b", "A"), id("110", "a", "B"), id("110", "a", "A")]
    assert.deepStrictEqual(datasets.sort(compareDatasets).map(canonicalId), ["110/a/A", "110/a/B", "110/b/A", "99/a/A"])
  })
})
