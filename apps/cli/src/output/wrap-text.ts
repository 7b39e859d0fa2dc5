import { stripVTControlCharacters } from 'node:util'
import { textWidth } from './text-width.ts'

/** Such as `  ! `, `  fix: ` or `Use case:  `: what follows hangs below the first word after it. */
const LABEL = /^ *(?:[!✖✔■?‖⏳↻·-] |[A-Za-z][A-Za-z ]{0,15}: +)?/u
/** A word; text between backticks counts as one, so that it can be copied. */
const WORD = /( *)((?:[^ `]|`[^`]*`)+|[^ ]+)/g
/** Words of a shell command; quoted ones are one word. */
const SHELL_WORD = /(?:[^ '"]|'[^']*'|"[^"]*")+/g

/**
 * The text in lines of at most `columns` cells; longer ones break at spaces. A line that ends in a command, which `program`
 * or `curl` begins, is continued with a backslash and still works when it is pasted. A word that is too long stays whole.
 */
export function wrapText(text: string, columns: number, program: string): string {
  return text
    .split('\n')
    .flatMap((line) => (widthOf(line) <= columns ? [line] : wrapLine(line, columns, program)))
    .join('\n')
}

function wrapLine(line: string, columns: number, program: string): string[] {
  const begin = findCommand(line, program)
  if (begin === undefined) return wrapProse(line, columns)
  const label = line.slice(0, begin).trimEnd()
  const command = line.slice(begin)
  if (label === '') return wrapCommand(command, ' '.repeat(begin), columns)
  const indent = `${leadingSpaces(line)}  `
  return [
    ...wrapProse(label, columns),
    ...(indent.length + widthOf(command) <= columns
      ? [indent + command]
      : wrapCommand(command, indent, columns)),
  ]
}

/** Where the command begins that takes the rest of the line; undefined for prose. */
function findCommand(line: string, program: string): number | undefined {
  const shell = /^ *(?=(?:ID=\$\()?curl )/.exec(line)
  if (shell) return shell[0].length
  const begin = line.indexOf(`${program} `)
  if (begin === -1 || line.includes('`')) return undefined
  const before = stripVTControlCharacters(line.slice(0, begin))
  return before === '' || before.endsWith(' ') ? begin : undefined
}

const CONTINUED = ' \\'

function wrapCommand(command: string, indent: string, columns: number): string[] {
  const lines: string[] = []
  let current = indent
  let isFirst = true
  for (const word of command.match(SHELL_WORD) ?? []) {
    const next = isFirst ? current + word : `${current} ${word}`
    if (isFirst || widthOf(next) <= columns - CONTINUED.length) current = next
    else {
      lines.push(current + CONTINUED)
      current = continuation(word, indent, columns)
    }
    isFirst = false
  }
  return [...lines, current]
}

/** A long word, such as the id of a scan, is indented less. */
function continuation(word: string, indent: string, columns: number): string {
  const room = columns - CONTINUED.length - widthOf(word)
  return ' '.repeat(Math.max(0, Math.min(indent.length + 2, room))) + word
}

function wrapProse(line: string, columns: number): string[] {
  const label = LABEL.exec(stripVTControlCharacters(line))?.[0] ?? ''
  const hang = textWidth(label) <= columns / 4 ? textWidth(label) : leadingSpaces(line).length
  const lines: string[] = []
  let current = ''
  for (const [gap, word] of wordsOf(line, columns - hang)) {
    if (current.trim() === '' || widthOf(current + gap + word) <= columns) current += gap + word
    else {
      lines.push(current)
      current = ' '.repeat(hang) + word
    }
  }
  return [...lines, current]
}

function wordsOf(line: string, room: number): [gap: string, word: string][] {
  return [...line.matchAll(WORD)].flatMap(([, gap = '', word = '']) => {
    if (widthOf(word) <= room || !word.includes(' ')) return [[gap, word]]
    return word.split(' ').map((part, index): [string, string] => [index === 0 ? gap : ' ', part])
  })
}

function leadingSpaces(line: string): string {
  return /^ */.exec(stripVTControlCharacters(line))?.[0] ?? ''
}

function widthOf(text: string): number {
  return textWidth(stripVTControlCharacters(text))
}
