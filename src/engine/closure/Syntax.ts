/** What a piece of a module's syntax refers to and does when it runs. Types are not looked at: they are gone by then. */

export interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

export const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === "object" && value !== null && typeof (value as { readonly type?: unknown }).type === "string"

/** What is read off a declaration or statement. */
export interface Reading {
  /** Names that occur where values do; more than refer to the module's own, never fewer. */
  readonly names: ReadonlySet<string>
  /** Names whose value it changes, or whose fields. */
  readonly assigned: ReadonlySet<string>
  /** Names that are called when the module is loaded. */
  readonly called: ReadonlySet<string>
  /** It does something at load that calls alone do not tell: it assigns, awaits or runs a function of its own. */
  readonly acts: boolean
  /** Literal specifiers of `import()`, and of files beside the module: `new URL("x", import.meta.url)`. */
  readonly imports: ReadonlyArray<string>
  readonly files: ReadonlyArray<string>
  /** Offset of an `import()` that cannot be told. */
  readonly opaque: number | null
}

const wrappers = new Set(["TSAsExpression", "TSSatisfiesExpression", "TSNonNullExpression", "TSTypeAssertion", "TSInstantiationExpression"])
const typeFields = new Set(["typeAnnotation", "typeParameters", "typeArguments", "returnType", "superTypeArguments", "implements"])
const functions = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"])

/** The value that an expression begins with: `a` in `a.b(c).d`. */
const rootOf = (node: unknown): SyntaxNode | null => {
  let at = node
  while (isNode(at)) {
    const next =
      at.type === "MemberExpression"
        ? at["object"]
        : at.type === "CallExpression" || at.type === "NewExpression"
          ? at["callee"]
          : at.type === "TaggedTemplateExpression"
            ? at["tag"]
            : wrappers.has(at.type) || at.type === "ChainExpression" || at.type === "ParenthesizedExpression"
              ? at["expression"]
              : undefined
    if (next === undefined) return at
    at = next
  }
  return null
}

const nameOf = (node: unknown): string | null => (isNode(node) && node.type === "Identifier" ? String(node["name"]) : null)

const literalOf = (node: unknown): string | null => {
  if (!isNode(node)) return null
  if (node.type === "Literal") return typeof node["value"] === "string" ? node["value"] : null
  if (node.type !== "TemplateLiteral" || (node["expressions"] as ReadonlyArray<unknown>).length > 0) return null
  const [quasi] = node["quasis"] as ReadonlyArray<{ readonly value: { readonly cooked?: string } }>
  return quasi?.value.cooked ?? null
}

const isModuleUrl = (node: unknown): boolean =>
  isNode(node) &&
  node.type === "MemberExpression" &&
  isNode(node["object"]) &&
  node["object"].type === "MetaProperty" &&
  nameOf(node["property"]) === "url"

/** Fields of `node` that hold names of fields, not of values. */
const skipped = (node: SyntaxNode, field: string): boolean =>
  typeFields.has(field) ||
  (field === "property" && node.type === "MemberExpression" && node["computed"] !== true) ||
  (field === "key" &&
    node["computed"] !== true &&
    (node.type === "Property" ||
      node.type === "MethodDefinition" ||
      node.type === "PropertyDefinition" ||
      node.type === "AccessorProperty"))

/** Of an effect library: builds something and runs it at once. */
const runsNow = /^run(?:[A-Z]|$)/

/** Reads all of `node`. `called` and `acts` speak of what happens at once, not of what functions do later. */
export const readSyntax = (node: SyntaxNode): Reading => {
  const names = new Set<string>()
  const assigned = new Set<string>()
  const called = new Set<string>()
  const imports: Array<string> = []
  const files: Array<string> = []
  let acts = false
  let opaque: number | null = null
  // no recursion: a chain of a thousand calls is deep
  const open: Array<{ readonly node: SyntaxNode; readonly now: boolean }> = [{ node, now: true }]
  const assign = (target: unknown, now: boolean): void => {
    const name = nameOf(rootOf(target))
    if (name !== null) assigned.add(name)
    if (now) acts = true
  }
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, now } = next
    let inside = now
    switch (node.type) {
      case "Identifier":
      case "JSXIdentifier":
        names.add(String(node["name"]))
        break
      case "AssignmentExpression":
        assign(node["left"], now)
        break
      case "UpdateExpression":
        assign(node["argument"], now)
        break
      case "UnaryExpression":
        if (node["operator"] === "delete") assign(node["argument"], now)
        break
      case "AwaitExpression":
        if (now) acts = true
        break
      case "ImportExpression": {
        const specifier = literalOf(node["source"])
        if (specifier === null) opaque = node.start
        else imports.push(specifier)
        break
      }
      case "NewExpression":
      case "CallExpression":
      case "TaggedTemplateExpression": {
        const callee = node["callee"] ?? node["tag"]
        const [first, second] = (node["arguments"] ?? []) as ReadonlyArray<unknown>
        const file = nameOf(callee) === "URL" && isModuleUrl(second) ? literalOf(first) : null
        if (file !== null) files.push(file)
        if (!now) break
        const root = rootOf(callee)
        const name = nameOf(root)
        if (name !== null) called.add(name)
        if (root !== null && functions.has(root.type)) acts = true
        if (isNode(callee) && callee.type === "MemberExpression" && runsNow.test(nameOf(callee["property"]) ?? "")) acts = true
        break
      }
      default:
        if (functions.has(node.type)) inside = false
        else if (node.type === "PropertyDefinition" && node["static"] !== true) inside = false
        else if (node.type === "StaticBlock" && now) acts = true
    }
    if (wrappers.has(node.type)) {
      if (isNode(node["expression"])) open.push({ node: node["expression"], now })
      continue
    }
    if (node.type.startsWith("TS")) continue
    for (const field in node) {
      if (skipped(node, field)) continue
      const value = node[field]
      if (Array.isArray(value)) {
        for (const one of value) if (isNode(one)) open.push({ node: one, now: inside })
      } else if (isNode(value)) open.push({ node: value, now: inside })
    }
  }
  return { names, assigned, called, acts, imports, files, opaque }
}

/** Names that a pattern declares. */
export const declaredBy = (pattern: unknown): ReadonlyArray<string> => {
  const found: Array<string> = []
  const open = [pattern]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (!isNode(next)) continue
    const name = nameOf(next)
    if (name !== null) found.push(name)
    else if (next.type === "ObjectPattern")
      for (const one of next["properties"] as ReadonlyArray<SyntaxNode>) open.push(one["value"] ?? one["argument"])
    else if (next.type === "ArrayPattern") open.push(...(next["elements"] as ReadonlyArray<unknown>).filter((one) => one !== null))
    else open.push(next["left"] ?? next["argument"])
  }
  return found
}

/**
 * The expression that makes a definition, found by the place of its call: with what is called on it (`.with({…})`), and the class that
 * extends it. Null if nothing is called there.
 */
export const definitionAt = (top: SyntaxNode, offset: number): SyntaxNode | null => {
  const path: Array<SyntaxNode> = []
  for (let at: SyntaxNode | undefined = top; at !== undefined;) {
    path.push(at)
    let inner: SyntaxNode | undefined
    for (const field in at) {
      const value = at[field]
      for (const one of Array.isArray(value) ? value : [value]) if (isNode(one) && one.start <= offset && offset < one.end) inner = one
    }
    at = inner
  }
  let index = path.findLastIndex(({ type }) => type === "CallExpression" || type === "NewExpression")
  if (index < 0) return null
  for (; index > 0; index--) {
    const above = path[index - 1] as SyntaxNode
    const here = path[index]
    if (above["callee"] !== here && above["object"] !== here && above["superClass"] !== here) break
  }
  return path[index] ?? null
}
