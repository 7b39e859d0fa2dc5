import type { Command } from 'commander'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** The words that may follow `path`, such as `capstan get`. */
interface Place {
  path: string
  words: string[]
}

/** Generates a completion script from the command tree, so that it covers every command and option. */
export function buildCompletionScript(program: Command, shell: Shell): string {
  const places = listPlaces(program, program.name(), listGlobalWords(program))
  if (shell === 'fish') return buildFishScript(places)
  return shell === 'zsh' ? `${ZSH_HEAD}${buildBashScript(places)}` : buildBashScript(places)
}

function listPlaces(command: Command, path: string, globals: string[]): Place[] {
  const words = [
    ...command.commands.map((one) => one.name()),
    ...listOptionWords(command),
    ...globals,
  ]
  const below = command.commands.flatMap((one) => listPlaces(one, `${path} ${one.name()}`, globals))
  return [{ path, words: [...new Set(words)] }, ...below]
}

function listGlobalWords(program: Command): string[] {
  return [...listOptionWords(program), '--help']
}

function listOptionWords({ options }: Command): string[] {
  return options.flatMap(({ long, hidden }) => (long && !hidden ? [long] : []))
}

const ZSH_HEAD = `autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit
`

function buildBashScript(places: Place[]): string {
  const cases = places.map(({ path, words }) => `    '${path}') words='${words.join(' ')}' ;;\n`)
  return `_capstan() {
  local place=capstan words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$place $word" in
      ${listSubcommandPaths(places, '|')}) place="$place $word" ;;
    esac
  done
  case "$place" in
${cases.join('')}  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _capstan capstan
`
}

function buildFishScript(places: Place[]): string {
  const cases = places.map(
    ({ path, words }) => `    case '${path}'\n      printf '%s\\n' ${words.join(' ')}\n`,
  )
  return `function __capstan_words
  set -l place capstan
  for word in (commandline -opc)[2..]
    switch "$place $word"
      case ${listSubcommandPaths(places, ' ')}
        set place "$place $word"
    end
  end
  switch $place
${cases.join('')}  end
end
complete -c capstan -f -a '(__capstan_words)'
`
}

/** Paths below the program itself, as `case` patterns. */
function listSubcommandPaths(places: Place[], separator: string): string {
  return places
    .slice(1)
    .map(({ path }) => `'${path}'`)
    .join(separator)
}
