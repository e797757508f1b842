import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { LineWindow } from "../../../../plugins/atlas/format/line-window.ts"

const folder = mkdtempSync(join(tmpdir(), "line window-"))
afterAll(() => rmSync(folder, { recursive: true }))

describe("a window on lines", () => {
  const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 31 + (i >> 8)) & 0xff))
  const path = join(folder, "bytes")
  writeFileSync(path, bytes)

  it("reads what stands there: forwards, backwards, anywhere, longer than itself, up to the last byte", () => {
    const window = new LineWindow(path)
    const places: Array<readonly [number, number]> = [
      [0, 10],
      [10, 200],
      [2_999_990, 10],
      [0, 3_000_000],
      [5, 0]
    ]
    for (let i = 0; i < 2000; i++) places.push([i * 700, 700], [Math.imul(i, 2_654_435_761) >>> 11, 321], [2_900_000 - i * 90, 90])
    for (const [at, length] of places) {
      if (at + length > bytes.length) continue
      assert.isTrue(window.read(at, length).equals(bytes.subarray(at, at + length)), `${at} ${length}`)
    }
    window.close()
  })

  it("tells where the file ends before the line", () => {
    const window = new LineWindow(path)
    assert.throws(() => window.read(2_999_999, 2), "ends early")
    window.close()
  })
})
