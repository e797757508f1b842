/** Completion scripts of shells, from a list of what can be typed. No name in it is trusted to be free of quotes. */

export const shells = ["bash", "zsh", "fish"] as const
export type Shell = (typeof shells)[number]

export interface CompletionFlag {
  /** With its dashes. */
  readonly name: string
  readonly help: string
  /** Null for a switch. */
  readonly value: { readonly choices: ReadonlyArray<string>; readonly file: boolean } | null
}

export interface Vocabulary {
  readonly program: string
  /** The command when none is named. */
  readonly standard: string
  /** Of every command. */
  readonly flags: ReadonlyArray<CompletionFlag>
  readonly commands: ReadonlyArray<{
    readonly name: string
    readonly summary: string
    readonly flags: ReadonlyArray<CompletionFlag>
    /** What may follow it. */
    readonly words: ReadonlyArray<string>
    /** Whether a file may. */
    readonly file: boolean
  }>
}

/** As one word of a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

const flagNames = (flags: ReadonlyArray<CompletionFlag>): string => flags.map(({ name }) => name).join(" ")

const bash = ({ program, standard, flags, commands }: Vocabulary): ReadonlyArray<string> => {
  const name = `_${program.replaceAll("-", "_")}`
  const valued = (all: ReadonlyArray<CompletionFlag>): ReadonlyArray<string> =>
    all.flatMap((flag) => {
      if (flag.value === null) return []
      const { choices, file } = flag.value
      const how = choices.length > 0 ? `-W ${quoted(choices.join(" "))}` : file ? "-f" : null
      // a value that nobody can guess completes to nothing
      const then = how === null ? "COMPREPLY=()" : `mapfile -t COMPREPLY < <(compgen ${how} -- "$cur")`
      return [`      ${flag.name}) ${then}; return ;;`]
    })
  return [
    `# bash completion for ${program}; made by \`${program} completions bash\``,
    `${name}() {`,
    '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD - 1]}" command= word i',
    "  COMPREPLY=()",
    "  # bash takes --flag=value apart at the =",
    '  if [[ $cur == "=" ]]; then cur=""; elif [[ $prev == "=" ]]; then prev="${COMP_WORDS[COMP_CWORD - 2]}"; fi',
    "  for ((i = 1; i < COMP_CWORD; i++)); do",
    '    word="${COMP_WORDS[i]}"',
    "    case $word in",
    `      ${commands.map((one) => one.name).join("|")}) command=$word; break ;;`,
    "    esac",
    "  done",
    `  case \${command:-${standard}} in`,
    ...commands.flatMap((one) => [
      `    ${one.name})`,
      "      case $prev in",
      ...valued([...one.flags, ...flags]).map((line) => `  ${line}`),
      "      esac",
      `      if [[ $cur == -* ]]; then mapfile -t COMPREPLY < <(compgen -W ${quoted(flagNames([...one.flags, ...flags]))} -- "$cur")`,
      ...(one.words.length > 0 ? [`      else mapfile -t COMPREPLY < <(compgen -W ${quoted(one.words.join(" "))} -- "$cur")`] : []),
      ...(one.words.length === 0 && one.file ? ['      else mapfile -t COMPREPLY < <(compgen -f -- "$cur")'] : []),
      "      fi ;;"
    ]),
    "  esac",
    `  if [[ -z $command && $cur != -* ]]; then mapfile -t COMPREPLY < <(compgen -W ${quoted(commands.map((one) => one.name).join(" "))} -- "$cur"); fi`,
    "}",
    `complete -F ${name} ${program}`
  ]
}

/** In a description of `_arguments`, brackets and colons mean something. */
const described = (text: string): string => text.replaceAll(/[[\]:\\]/g, (character) => `\\${character}`)

const zshFlag = ({ name, help, value }: CompletionFlag): string => {
  const spec = `${name}${value === null ? "" : "="}[${described(help)}]`
  if (value === null) return quoted(spec)
  const action = value.choices.length > 0 ? `(${value.choices.join(" ")})` : value.file ? "_files" : " "
  return quoted(`*${spec}:value:${action}`)
}

const zsh = ({ program, standard, flags, commands }: Vocabulary): ReadonlyArray<string> => [
  `#compdef ${program}`,
  `# made by \`${program} completions zsh\``,
  `_${program.replaceAll("-", "_")}() {`,
  "  local command= word",
  "  local -a commands",
  "  commands=(",
  ...commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary.replaceAll(":", "\\:")}`)}`),
  "  )",
  "  for word in ${words[2,CURRENT-1]}; do",
  "    case $word in",
  `      (${commands.map(({ name }) => name).join("|")}) command=$word; break ;;`,
  "    esac",
  "  done",
  "  if [[ -z $command && $words[CURRENT] != -* ]]; then _describe -t commands command commands; fi",
  `  case \${command:-${standard}} in`,
  ...commands.flatMap((one) => [
    `    (${one.name})`,
    "      _arguments \\",
    ...[...one.flags, ...flags].map((flag) => `        ${zshFlag(flag)} \\`),
    `        ${quoted(`*:word:${one.words.length > 0 ? `(${one.words.join(" ")})` : one.file ? "_files" : " "}`)} ;;`
  ]),
  "  esac",
  "}",
  `if [[ $funcstack[1] == _${program.replaceAll("-", "_")} ]]; then _${program.replaceAll("-", "_")} "$@"; else compdef _${program.replaceAll("-", "_")} ${program}; fi`
]

/** In single quotes fish knows \\ and \\' alone. */
const fishQuoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`

const fish = ({ program, flags, commands }: Vocabulary): ReadonlyArray<string> => {
  const flag = (condition: string, { name, help, value }: CompletionFlag): string => {
    const how =
      value === null ? "" : value.choices.length > 0 ? ` -x -a ${fishQuoted(value.choices.join(" "))}` : value.file ? " -r -F" : " -x"
    return `complete -c ${program}${condition} -l ${name.slice(2)}${how} -d ${fishQuoted(help)}`
  }
  const seen = (name: string): string => ` -n ${fishQuoted(`__fish_seen_subcommand_from ${name}`)}`
  return [
    `# fish completion for ${program}; made by \`${program} completions fish\``,
    `complete -c ${program} -f`,
    ...flags.map((one) => flag("", one)),
    ...commands.flatMap((one) => [
      `complete -c ${program} -n __fish_use_subcommand -a ${one.name} -d ${fishQuoted(one.summary)}`,
      ...one.flags.map((each) => flag(seen(one.name), each)),
      ...(one.words.length > 0 ? [`complete -c ${program}${seen(one.name)} -a ${fishQuoted(one.words.join(" "))}`] : []),
      ...(one.file ? [`complete -c ${program}${seen(one.name)} -F`] : [])
    ])
  ]
}

/** Lines of the script. */
export const completionScript = (shell: Shell, vocabulary: Vocabulary): ReadonlyArray<string> => {
  switch (shell) {
    case "bash":
      return bash(vocabulary)
    case "zsh":
      return zsh(vocabulary)
    case "fish":
      return fish(vocabulary)
  }
}
