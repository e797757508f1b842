/**
 * Ids of the tasks of a fan-out. One that is declared as `TARGET:STAGE` has a task `TARGET:STAGE@ITEM` for each item, a check on it
 * `TARGET:STAGE@ITEM:CHECK`. Names of stages hold no `@`, so that the first one after the target begins the item.
 */

const plain = /^[\p{L}\p{M}\p{N}._-]$/u

const encoded = (byte: number): string => `%${byte.toString(16).padStart(2, "0").toUpperCase()}`

/** An item's name within an id: letters, digits, `.`, `_` and `-` stay, all else is `%` and two hex digits for each UTF-8 byte. */
export const itemId = (name: string): string => {
  if (/^[A-Za-z0-9._-]*$/.test(name)) return name
  let id = ""
  for (const character of name)
    if (plain.test(character)) id += character
    else for (const byte of new TextEncoder().encode(character)) id += encoded(byte)
  return id
}

/** The name that `itemId` wrote; null for any other text. */
export const itemName = (id: string): string | null => {
  try {
    const name = decodeURIComponent(id)
    return itemId(name) === id ? name : null
  } catch {
    return null
  }
}

/** The task of one item, from the id that stands for all of them. */
export const itemTask = (template: string, item: string): string => {
  const stage = template.indexOf(":") + 1
  const end = template.indexOf(":", stage)
  const at = end < 0 ? template.length : end
  return `${template.slice(0, at)}@${itemId(item)}${template.slice(at)}`
}

/** The id that stands for all items of a task's fan-out; the task's own if it is of none. */
export const templateOf = (task: string): string => {
  const stage = task.indexOf(":") + 1
  const from = task.indexOf("@", stage)
  if (stage === 0 || from < 0) return task
  const end = task.indexOf(":", from)
  return end < 0 ? task.slice(0, from) : task.slice(0, from) + task.slice(end)
}

/** The stage of `STAGE@ITEM`. */
export const stageOf = (stage: string): string => {
  const at = stage.indexOf("@")
  return at < 0 ? stage : stage.slice(0, at)
}
