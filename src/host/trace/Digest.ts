/** Digests of what a config was told, made again later to compare. */
import { hash } from "node:crypto"

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Of a folder's names, or of the variables', in any order. */
export const namesDigest = (names: ReadonlyArray<string>): string => {
  const sorted = [...names].sort(compareTexts)
  return `names:${hash("sha256", sorted.map((name) => `${Buffer.byteLength(name)}:${name}`).join(""))}`
}

/** Values may be secrets: with the salt of its evidence a digest says nothing elsewhere. */
export const saltedDigest = (salt: string, name: string, value: string): string => hash("sha256", `${salt}\0${name}\0${value}`)
