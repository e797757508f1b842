/** Names that a config has where none is given, in the order in which they are looked for. */
export const configNames = ["atlas.config.ts", "atlas.config.mts", "atlas.config.js", "atlas.config.mjs"] as const
