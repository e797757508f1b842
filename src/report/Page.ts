/** A page of HTML that needs nothing but itself: no script, no font, no picture from elsewhere; light and dark as the reader has it. */
import { oneLine } from "../core/Excerpt.ts"

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" }

/** Text as HTML; what a terminal would obey is written out too. */
export const html = (text: string): string => oneLine(text).replace(/[&<>"']/g, (character) => entities[character] as string)

/** Contrast of text is 4.5:1 or more in both schemes. */
const style = `
:root { color-scheme: light dark; --ground: #fff; --text: #1b1f24; --dim: #57606a; --line: #d0d7de; --soft: #f3f5f7; --good: #116329; --bad: #a40e26; --warn: #7d4e00; --idle: #57606a; --bar: #0969da }
@media (prefers-color-scheme: dark) { :root { --ground: #0d1117; --text: #e6edf3; --dim: #9aa5b1; --line: #30363d; --soft: #161b22; --good: #56d364; --bad: #ff7b72; --warn: #e3b341; --idle: #9aa5b1; --bar: #58a6ff } }
body { margin: 0 auto; max-width: 75rem; padding: 1.5rem; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem } h3 { font-size: 1rem; margin: 1rem 0 .25rem }
a { color: var(--bar) } a:focus-visible, summary:focus-visible { outline: 3px solid var(--bar); outline-offset: 2px }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .75rem 0 } dt { color: var(--dim) } dd { margin: 0; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100%; font-size: .9rem } caption { text-align: left; color: var(--dim); padding: .25rem 0 }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere } th { font-weight: 600 } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.good { color: var(--good) } .bad { color: var(--bad) } .warn { color: var(--warn) } .idle { color: var(--idle) }
.scroll { overflow-x: auto } details { border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0; padding: .4rem .8rem } summary { cursor: pointer; font-weight: 600 }
.trouble { border-left: 4px solid var(--bad); background: var(--soft); padding: .5rem 1rem; margin: .75rem 0; border-radius: 0 6px 6px 0 }
code { font: .875em ui-monospace, monospace } svg { width: 100%; height: auto } svg text { fill: var(--text); font: 11px system-ui, sans-serif }
.skip { position: absolute; left: -999px } .skip:focus { left: 1rem }
@media print { details { break-inside: avoid } }
`

/** `body` is HTML. */
export const page = (title: string, body: ReadonlyArray<string>): string =>
  [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${html(title)}</title>`,
    `<style>${style}</style>`,
    "</head>",
    "<body>",
    '<a class="skip" href="#main">To the content</a>',
    ...body,
    "</body>",
    "</html>",
    ""
  ].join("\n")
