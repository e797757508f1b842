/** §1 again: fan-outs by content, how they are expanded and how a run goes on when their items change. */
import type { Mutant } from "./mutant.ts"

const runs = { test: "test/engine/fan-out.test.ts" }
const history = { test: "test/engine/fan-out.property.test.ts", named: "runs what a model of all tasks says and nothing else" }
const life = { test: "test/life/fan-out.test.ts" }

export const fanOuts: ReadonlyArray<Mutant> = [
  {
    ...runs,
    file: "src/engine/project/Items.ts",
    rule: "§1 needs: a task of an item rests on its entry alone",
    name: "an item rests on the whole folder",
    find: "digest: digestListing(entry.files)",
    replace: "digest: folder.digest",
    named: "78: an item that comes runs its tasks alone"
  },
  {
    ...history,
    file: "src/engine/project/Items.ts",
    rule: "§1 needs: a task of an item rests on the content of its entry",
    name: "an entry counts by its name alone",
    find: "digest: digestListing(entry.files)",
    replace: 'digest: "entry"'
  },
  {
    ...runs,
    file: "src/engine/project/Items.ts",
    rule: "§1 needs: of its source an item also rests on the other outputs",
    name: "the other outputs of a source are forgotten",
    find: "return outputs.filter(({ name }) => name !== part.output)",
    replace: "return []",
    named: "the other outputs of its source are needs of their own"
  },
  {
    ...runs,
    file: "src/engine/project/Growth.ts",
    rule: "§1 fan-outs: a source that made others is settled with the tasks of its items",
    name: "a run goes on with the items that were known before",
    find: "this.parked.set(index, settled.outcome)\n    return true",
    replace: "return false",
    named: "executes no item that its source does not make any more"
  },
  {
    ...runs,
    file: "src/engine/project/Growth.ts",
    rule: "§1 fan-outs: what a failed source left before is no item",
    name: "a failed source gives its items anew",
    find: "if (sources === undefined || !good.has(settled.outcome)) return false",
    replace: "if (sources === undefined) return false",
    named: "whose source fails is blocked as a whole, also where its items were known once"
  },
  {
    ...runs,
    file: "src/engine/project/Expansion.ts",
    rule: "§1 fan-outs: over one source, item by item",
    name: "an item of a chain waits for all items before it",
    find: "        return [{ ...need, task: itemTask(need.task, item) }]\n",
    replace: "        void 0\n",
    named: "an item that comes runs its tasks alone"
  },
  {
    ...runs,
    file: "src/engine/project/Expansion.ts",
    rule: "§1 fan-outs: who gathers waits for the source too",
    name: "what gathers an empty fan-out does not wait for its source",
    find: '        { name, task: template.each.task, part: { part: "names", output: template.each.output } },\n',
    replace: "",
    named: "may be empty: what gathers it runs on none"
  },
  {
    ...runs,
    file: "src/engine/project/Expansion.ts",
    rule: "§1 fan-outs: gates on a fan-out are gates on each item",
    name: "a gate on a fan-out holds for nobody",
    find: ": names.map((one) => itemTask(gate, one))",
    replace: ": []",
    named: "judges checks on each item by themselves"
  },
  {
    ...runs,
    file: "src/engine/project/Expansion.ts",
    rule: "§1 fan-outs: an item never writes where another task writes",
    name: "an item writes where another task writes",
    find: "for (const [key, problem] of conflicts(found.map(([task]) => task))) refused.set(key, problem)",
    replace: "void conflicts",
    named: "is refused where an item would write where another task writes"
  },
  {
    ...runs,
    file: "src/core/Item.ts",
    rule: "§1 fan-outs: ids of items are reversible",
    name: "names with a percent sign are written as they are",
    find: "const plain = /^[\\p{L}\\p{M}\\p{N}._-]$/u",
    replace: "const plain = /^[^*:@+#=]$/u",
    test: "test/core/item.test.ts",
    named: "gives back every name, and no two names one id"
  },
  {
    ...runs,
    file: "src/engine/project/Template.ts",
    rule: "§1 pending: a fan-out of which no items are known",
    name: "a fan-out without items is stale",
    find: 'return { decision: "pending", causes: [{',
    replace: 'return { decision: "stale", causes: [{',
    named: "79: is planned as pending until its source has run"
  },
  {
    ...runs,
    file: "src/engine/Selecting.ts",
    rule: "§1 selection: what comes beside a named item is not asked for",
    name: "new items are asked for with any other",
    find: "for (const index of named.ok.selected) if (index >= before.tasks.length) marked[index] = 1",
    replace: "for (let index = before.tasks.length; index < graph.size; index++) marked[index] = 1",
    named: "and none that comes beside a named one"
  },
  {
    ...runs,
    file: "src/engine/Selecting.ts",
    rule: "§1 selection: new items of a selected fan-out are asked for",
    name: "new items are never asked for",
    find: 'if (named !== null && "ok" in named)',
    replace: 'if (false && named !== null && "ok" in named)',
    named: "runs what is selected: all items by the stage"
  },
  {
    ...runs,
    file: "src/engine/run/Runner.ts",
    rule: "§1 fan-outs: each task is told of once",
    name: "a parked source is cancelled after it ended",
    find: "    stopping = true\n    unpark()\n",
    replace: "    stopping = true\n",
    named: "starts nothing new after a failure if so asked"
  },
  {
    ...life,
    file: "src/engine/upkeep/Orphans.ts",
    rule: "§1 fan-outs: an item that went is an orphan",
    name: "an item that went is none",
    find: "own.has(templateOf(task))",
    replace: "task !== templateOf(task)",
    named: "72: with a sequence less, tells what that left behind"
  },
  {
    ...life,
    file: "src/engine/standing/Record.ts",
    rule: "§5 the short cut: groups of the document are those of its expansions",
    name: "items stand in groups of their own number",
    find: "groupOf: (task) => of[origin(task)] as number,",
    replace: "groupOf: (task) => (of[task] ?? 0) as number,",
    named: "has a short cut that answers as the engine does"
  },
  {
    ...life,
    file: "src/fast/Columns.ts",
    rule: "§5 the short cut: items count",
    name: "what is told counts fan-outs as one task",
    find: "(groups?.has(group) === true ? sum : sum + more)",
    replace: "(groups?.has(group) === true ? sum : sum + 0 * more)",
    named: "78: with a sequence more, runs that sequence and the table"
  }
]
