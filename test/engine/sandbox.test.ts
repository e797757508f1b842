/** The words that a sandbox is made of, also where there is none to try them in. */
import { assert, describe, it } from "vitest"
import { permissionFlags } from "../../src/engine/run/Sandbox.ts"
import { bubblewrapWords } from "../../src/ports/Bubblewrap.ts"

const reach = { inputs: ["/p/in"], needs: ["/p/need"], own: ["/p/own"], tools: ["/t/bin"], code: ["/p/code.ts"], listed: [], shared: [] }

describe("the words of a sandbox", () => {
  it("show a program an empty project but for what it is given, readable or writable, and close the rest behind it", () => {
    const words = bubblewrapWords("/usr/bin/bwrap", { root: "/tmp/p", readable: ["/tmp/p/in"], writable: ["/tmp/p/own"] }).join(" ")
    assert.match(
      words,
      /--tmpfs \/tmp .*--tmpfs \/tmp\/p --ro-bind-try \/tmp\/p\/in \/tmp\/p\/in --bind \/tmp\/p\/own \/tmp\/p\/own --remount-ro \/tmp\/p --remount-ro \/ --chdir \/tmp\/p --$/
    )
    assert.match(words, /^\/usr\/bin\/bwrap --unshare-all --die-with-parent /)
  })

  it("let a host read what its task declares, its code and the system, and write its own folders", () => {
    const flags = permissionFlags(reach, "/p")
    for (const path of ["/p/in", "/p/need", "/p/own", "/p/code.ts", "/usr"]) assert.include(flags, `--allow-fs-read=${path}`)
    assert.deepStrictEqual(
      flags.filter((flag) => flag.startsWith("--allow-fs-write")),
      ["--allow-fs-write=/p/own"]
    )
    assert.isFalse(flags.some((flag) => /child|worker|addons|wasi|=\/p$|=\*/.test(flag)))
  })

  it("do not open a system's folder in which the project lies", () => {
    const flags = permissionFlags(reach, "/opt/lab/p")
    assert.isFalse(flags.includes("--allow-fs-read=/opt"))
    assert.include(flags, "--allow-fs-read=/usr")
  })
})
