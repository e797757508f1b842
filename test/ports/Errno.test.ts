import { constants } from "node:os"
import { assert, describe, it } from "@effect/vitest"
import { codeOfTag, encodeFailure, isCodedTag, tagOfCode } from "../../src/domain/Failure.ts"
import { fileErrors } from "../../src/domain/FileErrors.ts"
import { ProgramNotStarted } from "../../src/domain/ProgramErrors.ts"
import { stateErrors } from "../../src/domain/StateErrors.ts"
import { ioFault, stateFault } from "../../src/ports/Errno.ts"

const failure = (code: string, syscall = "open") => Object.assign(new Error(`${code}: as Node says it`), { code, syscall })

describe("errnos as users read them", () => {
  const full = ["ENOSPC", "EDQUOT", "EFBIG"]
  for (const errno of [
    "ENOSPC",
    "EDQUOT",
    "EMFILE",
    "ENFILE",
    "EACCES",
    "EROFS",
    "EIO",
    "ESTALE",
    "EXDEV",
    "ENAMETOOLONG",
    "ELOOP",
    "EFBIG",
    "EINTR",
    "ENOMEM"
  ]) {
    it(`${errno} has words of its own, keeps its name and path, and encodes`, () => {
      assert.property(constants.errno, errno)
      const error = ioFault("read", "data/a", failure(errno))
      assert.strictEqual(error._tag, full.includes(errno) ? "DiskFull" : "IoFailed")
      assert.match(error.message, new RegExp(`^cannot read data/a: [a-z/ -]+(, [a-z ]+)? \\(${errno}\\)$`))
      const document = encodeFailure(error)
      assert.deepStrictEqual(document.details, { path: "data/a", operation: "read", errno })
      assert.notStrictEqual(document.hint, "")
      const state = stateFault(".atlas/x", failure(errno))
      assert.deepStrictEqual([state._tag, state.errno], [full.includes(errno) ? "DiskFull" : "StateWriteFailed", errno])
    })
  }

  it("a failed fsync or close is told apart: those bytes may be lost", () => {
    for (const syscall of ["fsync", "fdatasync", "close"])
      assert.strictEqual(ioFault("write", "x", failure("EIO", syscall))._tag, "IoDurability")
    assert.strictEqual(ioFault("write", "x", failure("ENOSPC", "fsync"))._tag, "DiskFull")
  })

  it("what is not an errno keeps its own text", () => {
    assert.strictEqual(ioFault("read", "x", new Error("odd")).message, "cannot read x: odd")
    assert.strictEqual(ioFault("read", "x", "odd").message, "cannot read x: odd")
    assert.strictEqual(ioFault("read", "x", undefined).errno, "UNKNOWN")
  })

  it("what is typed already is passed on", () => {
    const error = ioFault("read", "x", failure("EIO"))
    assert.strictEqual(ioFault("write", "y", error), error)
  })
})

describe("error classes of files, state and programs", () => {
  for (const each of [...fileErrors, ...stateErrors, ProgramNotStarted]) {
    it(`${each.identifier} has a code that leads back to it, words for explain, and exit 3 if it ends a command`, () => {
      const tag = each.identifier
      assert.isTrue(isCodedTag(tag))
      assert.strictEqual(tagOfCode(codeOfTag(tag)), tag)
      assert.isTrue([each.docs.summary, each.docs.hint, each.docs.example].every((text) => text.length > 10))
      assert.strictEqual((each as { readonly exit?: number }).exit, each === ProgramNotStarted ? undefined : 3)
    })
  }
})
