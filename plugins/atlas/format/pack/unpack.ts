/** Unpacking: verified byte by byte, extracted by the general reader `tar` into a private folder, verified again, then put in place. */
import { randomBytes } from "node:crypto"
import { createReadStream } from "node:fs"
import * as fs from "node:fs/promises"
import { basename, dirname, join, resolve } from "node:path"
import { pipeline } from "node:stream/promises"
import { Effect } from "effect"
import type { Several } from "atlas-run/plugin"
import * as tar from "tar"
import { reasonOf } from "../artifact/sha256.ts"
import { change, makeDirectory, remove, syncDirectory, syncTree } from "../durable.ts"
import { hashPlainFile } from "../store/copy.ts"
import { verifyPackErrors, UnpackDiffers, UnpackTarget } from "./failure.ts"
import { packMembers } from "./header.ts"
import { type PackFailure, type VerifiedPack, verifyPack, type VerifyPackOptions } from "./verify.ts"

const target = (path: string, why: string) => new UnpackTarget({ message: `${path} ${why}`, where: { path }, path })

/** The target must be absent or an empty folder, and nothing is written before that is known. */
const wantEmpty = (out: string) =>
  Effect.tryPromise({
    try: async () => {
      const stat = await fs.lstat(out).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code === "ENOENT") return undefined
        throw cause
      })
      if (stat === undefined) return undefined
      if (!stat.isDirectory()) return "is not a folder"
      return (await fs.readdir(out)).length > 0 ? "is not empty" : undefined
    },
    catch: (cause) => target(out, `cannot be looked at: ${reasonOf(cause)}`)
  }).pipe(Effect.flatMap((why) => (why === undefined ? Effect.void : Effect.fail(target(out, why)))))

/** The plain types a tar reader gives to typeflags NUL and "0". */
const plain = new Set(["File", "OldFile"])

const extract = (path: string, stage: string) =>
  Effect.tryPromise({
    try: (signal) =>
      pipeline(
        createReadStream(path),
        tar.extract({
          cwd: stage,
          strict: true,
          preserveOwner: false,
          filter: (name, entry) => packMembers.some((member) => member === name) && "type" in entry && plain.has(entry.type)
        }) as unknown as NodeJS.WritableStream,
        { signal }
      ),
    catch: (cause) => new UnpackDiffers({ message: `the pack could not be extracted: ${reasonOf(cause)}`, where: { path }, member: "" })
  })

const differs = (path: string, member: string, why: string) =>
  new UnpackDiffers({ message: `${member} was not unpacked as it was verified: ${why}`, where: { path }, member })

/** The staging folder holds the three members with the digests that were verified, and nothing else. */
const compare = (path: string, stage: string, verified: VerifiedPack) =>
  Effect.gen(function* () {
    const names = yield* Effect.promise(() => fs.readdir(stage))
    const extra = names.find((name) => !packMembers.some((member) => member === name))
    if (extra !== undefined) return yield* differs(path, extra, "it is no member")
    for (const { name, sha256, bytes } of verified.members) {
      const found = yield* hashPlainFile(join(stage, name)).pipe(Effect.mapError((error) => differs(path, name, error.reason)))
      if (found.sha256 !== sha256 || found.bytes !== bytes) return yield* differs(path, name, "its digest differs")
    }
  })

export const unpackErrors = [UnpackTarget, UnpackDiffers, ...verifyPackErrors] as const
export type UnpackFailure = InstanceType<(typeof unpackErrors)[number]>

/** Unpacks a pack into `outDir`, a folder that is absent or empty: manifest.json, gene_summary.sqlite, manifest.lock. */
export const unpack = (
  path: string,
  outDir: string,
  options: VerifyPackOptions = {}
): Effect.Effect<VerifiedPack, UnpackFailure | Several<PackFailure>> =>
  Effect.gen(function* () {
    const out = resolve(outDir)
    yield* wantEmpty(out)
    const verified = yield* verifyPack(path, options)
    yield* makeDirectory(dirname(out))
    const stage = join(dirname(out), `.${basename(out).slice(0, 100)}.stage-${randomBytes(8).toString("hex")}`)
    yield* Effect.gen(function* () {
      yield* change("mkdir", stage, () => fs.mkdir(stage, { mode: 0o755 }))
      yield* extract(path, stage)
      yield* compare(path, stage, verified)
      yield* syncTree(stage)
      yield* change("rename", out, () => fs.rename(stage, out))
      yield* syncDirectory(dirname(out))
    }).pipe(Effect.onError(() => Effect.ignore(remove(stage))))
    return verified
  })
