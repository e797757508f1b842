/** Targets × stages × checks: the tasks of a project document. */
import { posix } from "node:path"
import { overlaps, overlapText, type Placed } from "../core/Places.ts"
import { ConfigConflict, ConfigOption, ConfigTarget } from "../domain/ConfigErrors.ts"
import { encodeFailure, type ErrorDocument } from "../domain/Failure.ts"
import type { Severity, Waiver } from "../domain/Finding.ts"
import type { Command, Definition, ProjectInput, ProjectTask } from "../domain/ProjectDocument.ts"
import { crowded, token } from "../domain/Tokens.ts"
import type { Member } from "../plugin/Stage.ts"
import type { CheckValue, StageValue } from "./Definitions.ts"
import { neededBy, needsOf, placeOf, placeProblem, withItem, wordsOfNeeds } from "./FanOut.ts"
import { Contents, readInputs, type ReadInputs, wordsOfInputs } from "./Inputs.ts"
import { named } from "./Named.ts"
import { taskResources } from "./Resources.ts"
import { decodeAll, encodeJson, fieldsOf } from "./SchemaProblems.ts"
import type { TargetValue } from "./Targets.ts"

const targetOf = (task: string): string => task.slice(0, task.indexOf(":"))

interface Made {
  readonly tasks: ReadonlyArray<ProjectTask>
  /** Of the contents that inputs count by. */
  readonly contents: ReadonlyArray<Definition>
  readonly problems: ReadonlyArray<ErrorDocument>
}

/** For each stage: the nearest later stages that own a cell. What fails before them must not reach a shared place. */
const nearestCellStages = (stages: ReadonlyArray<StageValue>): ReadonlyMap<string, ReadonlyArray<string>> => {
  const dependents = new Map<string, Array<StageValue>>()
  for (const stage of stages) for (const need of neededBy(stage)) dependents.set(need.stage, [...(dependents.get(need.stage) ?? []), stage])
  const found = new Map<string, ReadonlyArray<string>>()
  for (const stage of stages) {
    const reached: Array<string> = []
    const seen = new Set<string>()
    const queue = [...(dependents.get(stage.name) ?? [])]
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (seen.has(next.name)) continue
      seen.add(next.name)
      if (next.def.cell === undefined) queue.push(...(dependents.get(next.name) ?? []))
      else reached.push(next.name)
    }
    found.set(stage.name, reached)
  }
  return found
}

const waiversOf = (target: TargetValue, name: string): ReadonlyArray<Waiver> =>
  target.waive.filter((w) => w.check === name).map(({ finding, at, because, until }) => ({ finding, at, because, until }))

const severityOf = (target: TargetValue, name: string): Readonly<Record<string, Severity>> => target.severity[name] ?? {}

/** A group's members, by the values of the labels it goes by; targets without one of them are in no group. */
const groupsOf = (stage: StageValue, targets: ReadonlyArray<TargetValue>): ReadonlyMap<string, ReadonlyArray<TargetValue>> => {
  const groups = new Map<string, Array<TargetValue>>()
  const by = new Set(stage.def.group?.by ?? [])
  for (const target of targets) {
    if ([...by].some((label) => target.labels[label] === undefined)) continue
    const id = Object.entries(target.labels)
      .map(([label, value]) => (by.has(label) ? value : "*"))
      .join("/")
    groups.set(id, [...(groups.get(id) ?? []), target])
  }
  return groups
}

export const makeTasks = (
  stages: ReadonlyArray<StageValue>,
  checks: ReadonlyArray<CheckValue>,
  targets: ReadonlyArray<TargetValue>
): Made => {
  const problems: Array<ErrorDocument> = []
  const tasks: Array<ProjectTask> = []
  const contents = new Contents()
  const later = nearestCellStages(stages)
  const byId = new Map(targets.map((target) => [target.target, target]))

  const told = new Set<string>()
  const stageTask = (stage: StageValue, id: string, source: TargetValue): void => {
    const at = source.where === undefined ? {} : { where: source.where }
    const fail = (message: string) =>
      problems.push(encodeFailure(new ConfigTarget({ target: source.target, message: `${source.target}: ${message}`, ...at })))
    const wants = fieldsOf(stage.def.target)
    const picked =
      wants === null
        ? source.fields
        : Object.fromEntries(wants.filter((key) => key in source.fields).map((key) => [key, source.fields[key]]))
    const subject = decodeAll(stage.def.target, picked)
    if (!subject.ok) {
      for (const problem of subject.problems) {
        // told once, by the first stage that wants the field
        const key = `${source.target}\0${problem.key}\0${problem.message}`
        if (told.has(key)) continue
        told.add(key)
        fail(
          problem.message === "Missing key"
            ? `${problem.key} is missing, which ${stage.name} wants`
            : `${problem.key}: ${problem.message} (${stage.name} wants it)`
        )
      }
      return
    }
    const options = optionsOf(stage, source, problems)
    if (options === undefined) return
    const roots = stage.places
    const labels = source.labels
    const view = { target: subject.value, labels, roots }
    let inputs: ReadInputs
    let paths: Readonly<Record<string, string | undefined>>
    let cell: ProjectTask["cell"] = null
    try {
      inputs = readInputs(stage.def.inputs(subject.value))
      paths = stage.def.paths?.(withItem(stage, { ...view })) ?? {}
      if (stage.def.cell !== undefined)
        cell = { cell: stage.def.cell.id({ ...view, options: options.value }), immutable: stage.def.cell.immutable }
    } catch (error) {
      fail(`${stage.name} cannot be laid out: ${error instanceof Error ? error.message : String(error)}`)
      return
    }
    const outputs = Object.entries(stage.def.outputs).map(([name, kind]) => ({
      name,
      kind,
      path: kind === "value" ? "" : posix.normalize(paths[name] ?? `.atlas/outputs/${id.replaceAll("*", "_all")}/${placeOf(stage)}/${name}`)
    }))
    for (const output of outputs) {
      const problem = placeProblem(stage, output)
      if (problem !== null) fail(problem)
    }
    const needs = [...needsOf(stage, source.target)]
    for (const [role, other] of Object.entries(stage.def.across ?? {})) {
      const played = source.across[role]
      if (played === undefined) continue
      if (byId.has(played)) needs.push({ name: `across:${role}`, task: `${played}:${other.stage}` })
      else
        problems.push(
          encodeFailure(
            new ConfigOption({
              target: source.target,
              message: `${source.target}: role ${role} is played by ${played}, which is not a target`,
              nearest: [],
              ...at
            })
          )
        )
    }
    for (const problem of inputs.problems) fail(`${stage.name}: ${problem}`)
    for (const content of inputs.contents) {
      const problem = contents.take(content)
      if (problem !== null) fail(`${stage.name}: ${problem}`)
    }
    const given = inputs.inputs
    const command = stage.def.command === undefined ? null : commandOf(stage, subject.value, options.value, given, outputs, fail)
    tasks.push({
      task: `${id}:${stage.name}`,
      target: id,
      stage: stage.name,
      check: null,
      definition: stage.name,
      labels:
        stage.def.group === undefined
          ? labels
          : Object.fromEntries(Object.entries(labels).filter(([label]) => stage.def.group?.by.includes(label))),
      needs,
      gates: [],
      inputs: given,
      options: encodeJson(stage.def.options, options.value),
      subject: encodeJson(stage.def.target, subject.value),
      outputs,
      roots,
      cell,
      environment: [...(stage.def.environment ?? [])],
      ...((stage.def.secrets ?? []).length === 0 ? {} : { secrets: [...(stage.def.secrets ?? [])] }),
      tools: toolsOf(stage, command),
      runtime: [...(stage.def.runtime ?? [])],
      ...taskResources(stage.def, source.resources[stage.name]),
      severity: severityOf(source, stage.name),
      waivers: waiversOf(source, stage.name),
      command,
      declaredAt: source.where ?? null,
      ...(stage.def.each === undefined
        ? {}
        : { each: { task: `${source.target}:${stage.def.each.of.stage}`, output: stage.def.each.output } })
    })
  }

  for (const stage of stages) {
    if (stage.def.group === undefined) {
      for (const target of targets) stageTask(stage, target.target, target)
      continue
    }
    for (const [id, members] of groupsOf(stage, targets)) {
      const [first, ...rest] = members.map((m): Member => ({ target: m.target, labels: m.labels }))
      if (first === undefined) continue
      const picked = stage.def.group.pick([first, ...rest])
      const source = byId.get(picked.target)
      if (source !== undefined) stageTask(stage, id, source)
    }
  }
  for (const check of checks) {
    const on = tasks.filter((task) => task.stage === check.def.on.stage && task.check === null)
    for (const subject of on) {
      const source = byId.get(subject.target) ?? byId.get(targetOf(subject.needs[0]?.task ?? ":"))
      if (source === undefined) continue
      const options = optionsOf(check, source, problems)
      if (options === undefined) continue
      tasks.push({
        ...subject,
        task: `${subject.task}:${check.name}`,
        check: check.name,
        definition: check.name,
        needs: [{ name: "subject", task: subject.task }],
        gates: [],
        inputs: [],
        options: encodeJson(check.def.options, options.value),
        subject: null,
        outputs: [],
        roots: {},
        cell: null,
        environment: [],
        tools: [],
        runtime: [],
        ...taskResources(check.def, source.resources[check.name]),
        severity: severityOf(source, check.name),
        waivers: waiversOf(source, check.name),
        command: null
      })
    }
  }
  const gated = withGates(tasks, stages, checks, later)
  conflicts(gated, problems)
  return { tasks: inOrder(gated, stages, targets), contents: contents.definitions(), problems }
}

const optionsOf = (
  value: StageValue | CheckValue,
  target: TargetValue,
  problems: Array<ErrorDocument>
): { readonly value: unknown } | undefined => {
  const decoded = decodeAll(value.def.options, { ...value.defaults, ...target.options[value.name] })
  if (decoded.ok) return { value: decoded.value }
  for (const { key, message } of decoded.problems)
    problems.push(
      encodeFailure(
        new ConfigOption({
          target: target.target,
          message: `${target.target}: ${key === "" ? "options" : `option ${key}`} of ${value.name}${message === "Missing key" ? " is missing" : `: ${message}`}`,
          nearest: [],
          ...(target.where === undefined ? {} : { where: target.where })
        })
      )
    )
  return undefined
}

/** Declared programs, and the one that a command starts, unless a need or an input is the program. */
const toolsOf = (stage: StageValue, command: Command | null): ReadonlyArray<string> => {
  const program = command === null ? undefined : command.shell ? "sh" : command.argv[0]
  return [...new Set([...(stage.def.tools ?? []), ...(program === undefined || program.includes("⟦") ? [] : [program])])]
}

const commandOf = (
  stage: StageValue,
  target: unknown,
  options: unknown,
  inputs: ReadonlyArray<ProjectInput>,
  outputs: ReadonlyArray<{ readonly name: string; readonly kind: string }>,
  fail: (message: string) => void
): Command | null => {
  const needs = wordsOfNeeds(stage)
  const places = named("outputs", Object.fromEntries(outputs.map(({ name }) => [name, token("output", name)])))
  const sources = wordsOfInputs(inputs)
  try {
    const command = stage.def.command?.(
      withItem(stage, { target, options, needs, inputs: sources, outputs: places, discovered: token("discovered", "") })
    ) as Command | undefined
    if (command === undefined || command.argv.length === 0 || command.argv.some((word) => typeof word !== "string")) {
      fail(`${stage.name}: a command needs words, each a text`)
      return null
    }
    const several = crowded(command.argv)
    if (several !== null) {
      fail(`${stage.name}: several paths stand for a part of the word ${JSON.stringify(several)}: they must be a word of their own`)
      return null
    }
    if (command.discovered !== undefined && command.discovered !== "lines" && command.discovered !== "make") {
      fail(`${stage.name}: discovered must be "lines" or "make"`)
      return null
    }
    if (command.stdout !== null && !outputs.some(({ name, kind }) => name === command.stdout && kind === "file")) {
      fail(`${stage.name}: stdout goes to ${command.stdout}, which is not a file among its outputs`)
      return null
    }
    return command
  } catch (error) {
    fail(`${stage.name}: ${error instanceof Error ? error.message : String(error)}`)
    return null
  }
}

/** A failed verdict of a task blocks the stages it gates, in its own target (a group's task: where its need is). */
const withGates = (
  tasks: ReadonlyArray<ProjectTask>,
  stages: ReadonlyArray<StageValue>,
  checks: ReadonlyArray<CheckValue>,
  later: ReadonlyMap<string, ReadonlyArray<string>>
): ReadonlyArray<ProjectTask> => {
  const gatesOf = new Map<string, ReadonlyArray<string>>()
  for (const stage of stages) gatesOf.set(stage.name, Object.keys(stage.def.findings).length === 0 ? [] : (later.get(stage.name) ?? []))
  for (const check of checks) gatesOf.set(check.name, check.gates ?? later.get(check.def.on.stage) ?? [])
  const reachable = new Map<string, string>()
  for (const task of tasks)
    if (task.check === null) for (const need of task.needs) reachable.set(`${targetOf(need.task)}:${task.stage}`, task.task)
  // who takes another target's outputs across does not stand for that target's own stage
  for (const task of tasks) if (task.check === null) reachable.set(task.task, task.task)
  const closing = new Map<string, Array<string>>()
  for (const task of tasks)
    for (const gate of gatesOf.get(task.definition) ?? []) {
      const gated = reachable.get(`${task.target}:${gate}`)
      if (gated !== undefined && gated !== task.task) closing.set(gated, [...(closing.get(gated) ?? []), task.task])
    }
  return tasks.map((task) => ({ ...task, gates: closing.get(task.task) ?? [] }))
}

/** Two writers of one place, two owners of a cell, an output inside another, two tasks of one name. */
const conflicts = (tasks: ReadonlyArray<ProjectTask>, problems: Array<ErrorDocument>): void => {
  const refuse = (message: string, one: ProjectTask, other: ProjectTask) =>
    problems.push(
      encodeFailure(
        new ConfigConflict({ message, tasks: [one.task, other.task], ...(other.declaredAt === null ? {} : { where: other.declaredAt }) })
      )
    )
  const names = new Map<string, ProjectTask>()
  const places: Array<Placed<ProjectTask>> = []
  const cells = new Map<string, ProjectTask>()
  for (const task of tasks) {
    const twin = names.get(task.task)
    if (twin !== undefined) refuse(`two tasks are called ${task.task}`, twin, task)
    names.set(task.task, task)
    if (task.cell !== null) {
      const owner = cells.get(task.cell.cell)
      if (owner !== undefined) refuse(`${owner.task} and ${task.task} both own ${task.cell.cell}`, owner, task)
      cells.set(task.cell.cell, task)
    }
    for (const output of task.outputs) if (output.path !== "") places.push({ path: output.path, by: task })
  }
  for (const { holder, inside } of overlaps(places))
    refuse(overlapText(holder, inside, ({ task }) => task).replaceAll(token("item", "name"), "{item.name}"), holder.by, inside.by)
}

/** By target, then by stage, each stage followed by its checks; groups last. */
const inOrder = (
  tasks: ReadonlyArray<ProjectTask>,
  stages: ReadonlyArray<StageValue>,
  targets: ReadonlyArray<TargetValue>
): ReadonlyArray<ProjectTask> => {
  const stageRank = new Map(stages.map((stage, index) => [stage.name, index]))
  const targetRank = new Map(targets.map((target, index) => [target.target, index]))
  return tasks
    .map((task, index) => ({
      task,
      index,
      rank: (targetRank.get(task.target) ?? targets.length) * stages.length + (stageRank.get(task.stage) ?? 0)
    }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ task }) => task)
}
