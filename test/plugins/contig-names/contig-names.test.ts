import { join } from "node:path"
import { afterAll, assert, describe, expect, it } from "@effect/vitest"
import { checkLaws } from "atlas-run/testing"
import { ContigNames } from "../../../plugins/contig-names/index.ts"
import { fitsStyle, type Style } from "../../../plugins/contig-names/styles.ts"
import { fitsWildcard } from "../../../plugins/contig-names/wildcard.ts"
import { goldenRoot, removeRoots } from "../golden-root.ts"

afterAll(removeRoots)

const mini = { buildRoot: goldenRoot("mini") }
const bare = { buildRoot: goldenRoot("mini", (database) => database.exec("INSERT INTO contigs (name, length) VALUES ('chr9', 500)")) }

describe("contig-names keeps the laws of a check", () => {
  const laws = checkLaws(ContigNames, {
    readme: join(import.meta.dirname, "../../../plugins/contig-names/README.md"),
    passes: { subject: mini, options: { style: "ucsc", allow: ["plasmid?", "scaffold_*"], expect: ["chr1", "plasmidA"] } },
    fails: [
      {
        subject: mini,
        options: { expect: ["chr1", "chr2", "chr3", "chrY"], allow: ["chr?", "*_random"] },
        finds: [
          { name: "missing-name", at: "chr3" },
          { name: "missing-name", at: "chrY" },
          { name: "unexpected-name", at: "plasmidA" },
          { name: "unexpected-name", at: "scaffold_7" }
        ]
      },
      // a sequence without genes has a name like any other
      {
        subject: bare,
        options: { allow: ["chr[0-9]", "chr1*", "chr2", "chrM", "chrX", "plasmidA", "scaffold_7"] },
        finds: [{ name: "unexpected-name", at: "chr9" }]
      },
      {
        subject: mini,
        options: { style: "ensembl" },
        finds: ["chr1", "chr1_KI270706v1_random", "chr2", "chrM", "chrX", "plasmidA", "scaffold_7"].map((at) => ({
          name: "unexpected-name" as const,
          at
        }))
      }
    ]
  })
  it.each(laws)("$name", ({ holds }) => expect(holds()).resolves.toBeUndefined())
})

describe("contig-names", () => {
  it("a sequence without genes passes when its name is right", async () => {
    const laws = checkLaws(ContigNames, {
      readme: "",
      passes: { subject: bare, options: { style: "ucsc", expect: ["chr9"], allow: ["plasmidA", "scaffold_7"] } },
      fails: [{ subject: bare, finds: [] }]
    })
    await expect(laws.find(({ name }) => name === "passes what is right")?.holds()).resolves.toBeUndefined()
  })

  it("asking for nothing is a mistake of the config", async () => {
    const laws = checkLaws(ContigNames, { readme: "", passes: { subject: mini }, fails: [{ subject: mini, finds: [] }] })
    await expect(laws.find(({ name }) => name === "passes what is right")?.holds()).rejects.toThrow("give expect, allow or style")
  })

  const named: ReadonlyArray<readonly [Style, ReadonlyArray<string>, ReadonlyArray<string>]> = [
    [
      "ucsc",
      [
        "chr1",
        "chr22",
        "chrX",
        "chrM",
        "chrIV",
        "chr2L",
        "chrUn_KI270302v1",
        "chr1_KI270706v1_random",
        "chrY_KI270740v1_random",
        "chr19_GL949746v1_alt"
      ],
      ["1", "chr", "Chr1", "chr1 ", "chr-1", "NC_000001.11", "chr1_a_b_c", ""]
    ],
    ["ensembl", ["1", "22", "2L", "X", "Y", "Z", "W", "MT", "Mito", "Pt", "IV", "XVI"], ["chr1", "01234", "NC_000001.11", "M", "", "1 "]],
    [
      "accession",
      ["NC_001422.1", "CM000663.2", "KI270706.1", "U00096.3", "NZ_CP012345.1", "AAAA02000001.1", "NC_000001.11"],
      ["NC_001422", "chr1", "1", "NC_.1", "nc_001422.1", "NC_001422.1 ", ""]
    ]
  ]
  it.each(named)("style %s takes the names of its database and no others", (style, right, wrong) => {
    assert.deepStrictEqual(
      right.filter((name) => !fitsStyle(style, name)),
      []
    )
    assert.deepStrictEqual(
      wrong.filter((name) => fitsStyle(style, name)),
      []
    )
  })

  it("a wildcard takes what a person expects", () => {
    const yes = [
      ["*", ""],
      ["*", "x"],
      ["chr*", "chr"],
      ["chr?", "chr1"],
      ["*_random", "chr1_K_random"],
      ["a*b*c", "axxbyyc"],
      ["a*b", "abab"],
      ["?", "*"],
      ["[ab]", "[ab]"]
    ]
    const no = [
      ["", "x"],
      ["?", ""],
      ["chr?", "chr"],
      ["chr?", "chr10"],
      ["*_random", "random"],
      ["a*b*c", "axxcyyb"],
      ["abc", "ab"],
      ["ab", "abc"],
      ["[ab]", "a"]
    ]
    assert.deepStrictEqual(
      yes.filter(([pattern, name]) => !fitsWildcard(pattern as string, name as string)),
      []
    )
    assert.deepStrictEqual(
      no.filter(([pattern, name]) => fitsWildcard(pattern as string, name as string)),
      []
    )
  })

  it("a pattern made to be slow is not", () => {
    const began = performance.now()
    assert.isFalse(fitsWildcard("*a".repeat(200), `${"a".repeat(20_000)}b`))
    assert.isBelow(performance.now() - began, 2_000)
  })
})
