/** What we write, through the reference's program: it must take it as its own, and publish, promote and pack it. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { ours, type Reference, type Said } from "./programs.ts"
import { idFlags, type Theirs } from "./read-theirs.ts"
import type { Tally } from "./tally.ts"

export interface Offer {
  readonly name: string
  readonly ruleset: "ontology" | "atlas-v1"
  readonly id: Theirs["id"]
  readonly inputs: { readonly gff3: string; readonly fasta: string; readonly fai?: string }
}

const why = ({ code, text }: Said): string => (code === 0 ? "" : `exit ${code}: ${text}`)

export const offerOurs = async (
  offer: Offer,
  dialect: Theirs["dialect"],
  reference: Reference,
  scratch: string,
  tally: Tally
): Promise<void> => {
  const { id, ruleset, inputs } = offer
  const flags = idFlags(id)
  const name = `${offer.name} (${ruleset}, ${dialect})`
  const check = (what: string, result: Said, good = result.code === 0, note = why(result)) => tally.check(`${name}: ${what}`, good, note)
  const [root, store, theirStore] = [join(scratch, "root"), join(scratch, "store"), join(scratch, "their-store")]
  const inputFlags = ["--gff3", inputs.gff3, "--fasta", inputs.fasta, ...(inputs.fai === undefined ? [] : ["--fai", inputs.fai])]
  const made = await ours("ingest", ...inputFlags, "--ruleset", ruleset, "--dialect", dialect, ...flags, "--output-root", root)
  if (!check("our ingest makes a root", made)) return
  for (const words of [["validate"], ["verify"], ["verify", "--deep"]])
    check(`its dataset ${words.join(" ")} takes our root`, await reference.run("dataset", ...words, "--root", root, ...flags))
  if (dialect === "main") {
    const evidence = await reference.run("dataset", "evidence-verify", "--root", root, ...flags)
    check("its dataset evidence-verify takes our root", evidence, evidence.json?.files_verified === 8)
  }
  const published = await reference.run("dataset", "publish", "--source-root", root, "--store-root", theirStore, ...flags)
  if (check("its dataset publish takes our root", published)) {
    check("its catalog promote", await reference.run("catalog", "promote", "--store-root", theirStore, ...flags))
    const read = await ours("validate", "--root", theirStore, ...flags)
    check("and our validate takes what it published of ours", read)
  }
  const [own, its] = [join(scratch, "own.tar"), join(scratch, "its.tar")]
  check("its dataset pack takes our root", await reference.run("dataset", "pack", "--root", root, ...flags, "--out", its))
  check("our pack takes our root", await ours("pack", "--root", root, ...flags, "--out", own))
  const equal = existsSync(own) && existsSync(its) && readFileSync(own).equals(readFileSync(its))
  tally.check(`${name}: both packs are the same bytes`, equal)
  check("its dataset verify-pack takes our pack", await reference.run("dataset", "verify-pack", "--pack", own))
  check("our publish and promote", await ours("publish", "--source-root", root, "--store-root", store, ...flags))
  check("our promote", await ours("catalog", "promote", "--store-root", store, ...flags))
  check("its catalog validate takes our catalog", await reference.run("catalog", "validate", join(store, "catalog.json")))
  check("its catalog promote leaves our store as it is", await reference.run("catalog", "promote", "--store-root", store, ...flags))
  check(
    "its latest-alias-update works on our store",
    await reference.run("catalog", "latest-alias-update", "--store-root", store, ...flags)
  )
  const refused = await reference.run("dataset", "publish", "--source-root", root, "--store-root", store, ...flags)
  check("its publish refuses what we published", refused, refused.code !== 0 && refused.text.includes("immutab"), "")
  check("our catalog validate takes the store after it", await ours("catalog", "validate", "--store-root", store))
}
