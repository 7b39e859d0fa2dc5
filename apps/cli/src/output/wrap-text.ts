import { stripVTControlCharacters } from 'node:util'
import stringWidth from 'string-width'

/** A label such as `  ! `, `  fix: ` or `Use case:  `. Continuation lines are indented to the text after it. */
const LABEL = /^ *(?:[!✖✔■?‖⏳↻·-] |[A-Za-z][A-Za-z ]{0,15}: +)?/u
/** A word. Text between backticks counts as one word, so that it can be copied. */
const WORD = /( *)((?:[^ `]|`[^`]*`)+|[^ ]+)/g
/** Words of a shell command. Quoted text counts as one word. */
const SHELL_WORD = /(?:[^ '"]|'[^']*'|"[^"]*")+/g

/**
 * Wraps text to lines of at most `columns` terminal cells. Lines break at spaces; longer words are not split. A line
 * that ends in a command of `program` or `curl` continues with backslashes, so that it can be pasted.
 */
export function wrapText(text: string, columns: number, program: string): string {
  return text
    .split('\n')
    .flatMap((line) => (stringWidth(line) <= columns ? [line] : wrapLine(line, columns, program)))
    .join('\n')
}

function wrapLine(line: string, columns: number, program: string): string[] {
  const start = findCommand(line, program)
  if (start === undefined) return wrapProse(line, columns)
  const label = line.slice(0, start).trimEnd()
  const command = line.slice(start)
  if (label === '') return wrapCommand(command, ' '.repeat(start), columns)
  const indent = `${findLeadingSpaces(line)}  `
  return [
    ...wrapProse(label, columns),
    ...(indent.length + stringWidth(command) <= columns
      ? [indent + command]
      : wrapCommand(command, indent, columns)),
  ]
}

/** Returns where the command at the end of the line starts; undefined for prose. */
function findCommand(line: string, program: string): number | undefined {
  const shell = /^ *(?=(?:ID=\$\()?curl )/.exec(line)
  if (shell) return shell[0].length
  const start = line.indexOf(`${program} `)
  if (start === -1 || line.includes('`')) return undefined
  const before = stripVTControlCharacters(line.slice(0, start))
  return before === '' || before.endsWith(' ') ? start : undefined
}

const CONTINUED = ' \\'

function wrapCommand(command: string, indent: string, columns: number): string[] {
  const lines: string[] = []
  let current = indent
  let isFirst = true
  for (const word of command.match(SHELL_WORD) ?? []) {
    const next = isFirst ? current + word : `${current} ${word}`
    if (isFirst || stringWidth(next) <= columns - CONTINUED.length) current = next
    else {
      lines.push(current + CONTINUED)
      current = indentContinuation(word, indent, columns)
    }
    isFirst = false
  }
  return [...lines, current]
}

/** Indents a continuation line; less before a long word, such as a scan id, that would not fit otherwise. */
function indentContinuation(word: string, indent: string, columns: number): string {
  const room = columns - CONTINUED.length - stringWidth(word)
  return ' '.repeat(Math.max(0, Math.min(indent.length + 2, room))) + word
}

function wrapProse(line: string, columns: number): string[] {
  const label = LABEL.exec(stripVTControlCharacters(line))?.[0] ?? ''
  const indent =
    stringWidth(label) <= columns / 4 ? stringWidth(label) : findLeadingSpaces(line).length
  const lines: string[] = []
  let current = ''
  for (const [gap, word] of splitWords(line, columns - indent)) {
    if (current.trim() === '' || stringWidth(current + gap + word) <= columns) current += gap + word
    else {
      lines.push(current)
      current = ' '.repeat(indent) + word
    }
  }
  return [...lines, current]
}

function splitWords(line: string, room: number): [gap: string, word: string][] {
  return [...line.matchAll(WORD)].flatMap(([, gap = '', word = '']) => {
    if (stringWidth(word) <= room || !word.includes(' ')) return [[gap, word]]
    return word.split(' ').map((part, index): [string, string] => [index === 0 ? gap : ' ', part])
  })
}

function findLeadingSpaces(line: string): string {
  return /^ */.exec(stripVTControlCharacters(line))?.[0] ?? ''
}
