/** The four forms of a graph; Graphviz itself reads the dot form where it is installed. */
import { spawnSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import type { GraphDocument, GraphEdge, GraphNode } from "../../src/domain/ViewDocuments.ts"
import { plainStyle, colourStyle } from "../../src/core/Style.ts"
import { dotLines } from "../../src/report/GraphDot.ts"
import { mermaidLines } from "../../src/report/GraphMermaid.ts"
import { graphLines } from "../../src/report/GraphText.ts"
import { stateColours, taskStates } from "../../src/report/TaskState.ts"
import { text } from "./sample.ts"

const node = (task: string, decision: GraphNode["decision"], verdict: GraphNode["verdict"] = null): GraphNode => {
  const [target = "", stage = "", check] = task.split(":")
  return { task, target, stage, check: check ?? null, decision, verdict }
}
const need = (from: string, to: string): GraphEdge => ({ from, to, kind: "need", name: from.split(":")[1] ?? "" })
const gate = (from: string, to: string): GraphEdge => ({ from, to, kind: "gate", name: null })

const graph: GraphDocument = {
  atlas: "graph/1",
  project: "example",
  nodes: [
    node("a/x:read", "fresh", "warned"),
    node("a/x:read:density", "fresh", "failed"),
    node("a/x:verify", "fresh", "passed"),
    node("a/x:publish", "blocked"),
    node("a/x:pack", "pending"),
    node("b/y:read", "stale"),
    node("b/y:join", "pending")
  ],
  edges: [
    need("a/x:read", "a/x:read:density"),
    need("a/x:read", "a/x:verify"),
    need("a/x:read", "a/x:publish"),
    need("a/x:verify", "a/x:publish"),
    gate("a/x:verify", "a/x:publish"),
    gate("a/x:read:density", "a/x:publish"),
    gate("a/x:publish", "a/x:pack"),
    need("b/y:read", "b/y:join"),
    need("a/x:read", "b/y:join")
  ]
}

describe("a graph as text", () => {
  it("is a forest a target: needs solid, gates dashed, other edges beside", () => {
    assert.strictEqual(
      text(graphLines(graph, { style: plainStyle })),
      `
example · 2 targets · 7 tasks
  a/x
    ⚠ read            fresh, warned
    ├─ ✗ density      fresh, failed   check
    └─ ✓ verify       fresh
       └─ ✗ publish   blocked         needs read; gated by density
          └┄ ∙ pack   pending
  b/y
    ∙ read      stale
    └─ ∙ join   pending   needs a/x:read
1 fresh · 1 warned · 1 stale · 2 pending · 1 blocked · 1 failed
`
    )
  })

  it("paints states", () => {
    const painted = graphLines(graph, { style: colourStyle }).join("\n")
    assert.include(painted, "\u001b[31mfresh, failed")
    assert.include(painted, "\u001b[36mpending")
  })

  it("of a chain of 5,000 tasks is drawn in bounded width without recursion", () => {
    const nodes = Array.from({ length: 5000 }, (_, i) => node(`a:s${i}`, "stale"))
    const edges = nodes.slice(1).map(({ task }, i) => need(`a:s${i}`, task))
    const lines = graphLines({ ...graph, nodes, edges }, { style: plainStyle })
    assert.strictEqual(lines.length, 5003)
    assert.isBelow(Math.max(...lines.map((line) => line.length)), 120)
  })

  it("lets no control character of a name through", () => {
    const hostile = { ...node("a:b", "stale"), target: "a\u001b[2J\n", stage: "s\u202e\r" }
    const lines = graphLines({ ...graph, nodes: [{ ...hostile, task: "t" }], edges: [] }, { style: plainStyle })
    for (const line of lines) assert.notMatch(line, /[\p{Cc}\p{Cf}]/u)
    assert.include(lines.join(), "a\\u{1b}[2J\\n")
  })
})

/** Names that mean something to Mermaid, HTML, Markdown, Graphviz or a shell. */
const hostileNames: ReadonlyArray<string> = [
  'say "hi"',
  "back\\slash",
  "ends in \\",
  "\\N \\G \\l",
  "&amp; &lt; <b>bold</b>",
  "<img src=x onerror=alert(1)>",
  "]; end; subgraph",
  "`code` *em* _em_",
  "1. list",
  "- list",
  "#quot; #35;",
  "style a:x#y;",
  "%% comment",
  "line\nbreak\ttab",
  "line\\nbreak\\ttab",
  "ünï côdé 種",
  "\u0000nul\u202e",
  "-->|x| y",
  "$(reboot) `reboot`",
  "t0"
]

const hostile: GraphDocument = {
  atlas: "graph/1",
  project: 'pro"ject\\',
  nodes: hostileNames.map((name, i) => ({
    task: `${name}:stage`,
    target: name,
    stage: `stage ${name}`,
    check: i % 2 === 0 ? null : name,
    decision: "stale",
    verdict: null
  })),
  edges: hostileNames.slice(1).map((name, i): GraphEdge => {
    const ends = { from: `${hostileNames[i]}:stage`, to: `${name}:stage` }
    return i % 2 === 0 ? { ...ends, kind: "need", name } : { ...ends, kind: "gate", name: null }
  })
}

/** What each line of the Mermaid form may be. Labels hold letters, digits, harmless marks and `#N;` only. */
const label = String.raw`"(?:[\p{L}\p{N}_ ./+=,@-]|#\d+;)*"`
const mermaidGrammar = new RegExp(
  `^(?:flowchart LR|  subgraph g\\d+\\[${label}\\]|    t\\d+(?:\\[${label}\\]|\\(\\[${label}\\]\\))|  end|  t\\d+ (?:-->|-\\.->) t\\d+` +
    `|  classDef [a-z]+ fill:#[0-9a-f]{6},stroke:#[0-9a-f]{6},color:#[0-9a-f]{6}|  class t\\d+(?:,t\\d+)* [a-z]+)$`,
  "u"
)

const labelsIn = (lines: ReadonlyArray<string>, of: RegExp): ReadonlyArray<string> =>
  lines.flatMap((line) => {
    const found = of.exec(line)?.[1]
    return found === undefined ? [] : [found.replaceAll(/#(\d+);/g, (_, n: string) => String.fromCodePoint(Number(n)))]
  })

describe("a graph for Mermaid", () => {
  it("has a node a task, an edge an edge, a class a state", () => {
    assert.strictEqual(
      text(mermaidLines({ ...graph, nodes: graph.nodes.slice(0, 4), edges: graph.edges.slice(0, 6) })),
      `
flowchart LR
  subgraph g0["a/x"]
    t0["read"]
    t1(["density"])
    t2["verify"]
    t3["publish"]
  end
  t0 --> t1
  t0 --> t2
  t0 --> t3
  t2 --> t3
  t2 -.-> t3
  t1 -.-> t3
  classDef fresh fill:#d8f0dc,stroke:#2e7d46,color:#0f3d1e
  classDef warned fill:#fff0c2,stroke:#a87800,color:#4a3500
  classDef blocked fill:#fbdcdc,stroke:#b23b3b,color:#571414
  classDef failed fill:#f7c6c6,stroke:#a01515,color:#4d0505
  class t2 fresh
  class t0 warned
  class t3 blocked
  class t1 failed
`
    )
  })

  it("keeps its structure whatever names hold, and shows them as they are", () => {
    const lines = mermaidLines(hostile)
    for (const line of lines) assert.match(line, mermaidGrammar)
    const shown = (name: string) =>
      name.replaceAll(/[\p{Cc}\p{Cf}]/gu, (c) => ({ "\n": "\\n", "\t": "\\t" })[c] ?? `\\u{${c.charCodeAt(0).toString(16)}}`)
    assert.deepStrictEqual(labelsIn(lines, /^ {2}subgraph g\d+\["(.*)"\]$/u), hostileNames.map(shown))
    assert.strictEqual(lines.filter((line) => line === "  end").length, hostileNames.length)
    assert.strictEqual(lines.filter((line) => / -(?:->|\.->) /.test(line)).length, hostile.edges.length)
  })
})

const hasDot = spawnSync("dot", ["-V"]).error === undefined
if (!hasDot) console.warn("graphviz is not installed: the dot form is not read by it")

interface Drawn {
  readonly name: string
  readonly objects: ReadonlyArray<{ readonly _gvid: number; readonly name: string; readonly label: string; readonly fillcolor?: string }>
  readonly edges: ReadonlyArray<{ readonly tail: number; readonly head: number; readonly style?: string }>
}

const drawn = (lines: ReadonlyArray<string>): Drawn => {
  const { status, stdout, stderr } = spawnSync("dot", ["-Tdot_json"], { input: `${lines.join("\n")}\n`, encoding: "utf8" })
  assert.deepStrictEqual([status, stderr], [0, ""])
  return JSON.parse(stdout) as Drawn
}

describe("a graph for Graphviz", () => {
  it("has a cluster a target, dashed gates and the colours of states", () => {
    assert.strictEqual(
      text(
        dotLines({
          ...graph,
          nodes: graph.nodes.slice(0, 2),
          edges: [need("a/x:read", "a/x:read:density"), gate("a/x:read", "a/x:read:density")]
        })
      ),
      `
digraph "example" {
  rankdir=LR;
  fontname="sans-serif";
  node [shape=box, style="rounded,filled", fontname="sans-serif"];
  edge [fontname="sans-serif", fontsize=10];
  subgraph cluster_0 {
    label="a/x";
    "a/x:read" [label="read", fillcolor="#fff0c2", color="#a87800", fontcolor="#4a3500", tooltip="a/x:read: fresh, warned"];
    "a/x:read:density" [label="density", shape=ellipse, fillcolor="#f7c6c6", color="#a01515", fontcolor="#4d0505", tooltip="a/x:read:density: fresh, failed"];
  }
  "a/x:read" -> "a/x:read:density" [tooltip="need read"];
  "a/x:read" -> "a/x:read:density" [style=dashed];
}
`
    )
  })

  it.skipIf(!hasDot)("is read by it as the same graph", () => {
    const { objects, edges } = drawn(dotLines(graph))
    const nodes = objects.filter(({ name }) => !name.startsWith("cluster_"))
    const nameOf = new Map(objects.map(({ _gvid, name }) => [_gvid, name]))
    assert.deepStrictEqual(nodes.map(({ name }) => name).sort(), graph.nodes.map(({ task }) => task).sort())
    assert.deepStrictEqual(
      edges.map(({ tail, head, style }) => [nameOf.get(tail), nameOf.get(head), style === "dashed" ? "gate" : "need"].join(" ")).sort(),
      graph.edges.map(({ from, to, kind }) => [from, to, kind].join(" ")).sort()
    )
    assert.strictEqual(nodes.find(({ name }) => name === "b/y:read")?.fillcolor, stateColours.stale.fill)
  })

  it.skipIf(!hasDot)("is read by it whatever names hold: each task once, none for another", () => {
    const { objects, edges } = drawn(dotLines(hostile))
    const nodes = objects.filter(({ name }) => !name.startsWith("cluster_"))
    assert.strictEqual(new Set(nodes.map(({ name }) => name)).size, hostileNames.length)
    assert.strictEqual(objects.length, 2 * hostileNames.length)
    assert.strictEqual(edges.length, hostile.edges.length)
    const { stdout, status } = spawnSync("dot", ["-Tsvg"], { input: dotLines(hostile).join("\n"), encoding: "utf8" })
    assert.strictEqual(status, 0)
    assert.notInclude(stdout, "<img")
    for (const shown of ["back\\slash", "&amp;amp; &amp;lt; &lt;b&gt;bold", "line\\nbreak\\ttab"]) assert.include(stdout, `>${shown}`)
  })
})

describe("the colours of states", () => {
  /** Relative luminance by WCAG 2. */
  const luminance = (colour: string): number => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5]
      .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  it("are all different, and their text can be read", () => {
    assert.strictEqual(new Set(taskStates.map((state) => stateColours[state].fill)).size, taskStates.length)
    for (const state of taskStates) {
      const { fill, text } = stateColours[state]
      assert.isAbove((luminance(fill) + 0.05) / (luminance(text) + 0.05), 7, state)
    }
  })
})
