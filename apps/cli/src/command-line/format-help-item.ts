import type { Help } from 'commander'

const INDENT = '  '
const GAP = 2
/** With less room beside its term, a description stands below it. */
const LEAST_BESIDE = 30
const BELOW = '      '

/** One line of `--help`: a term and its description, which is wrapped beside it, or below it in a narrow terminal. */
export function formatHelpItem(
  term: string,
  termWidth: number,
  description: string,
  helper: Help,
): string {
  if (description === '') return INDENT + term
  const columns = helper.helpWidth ?? 80
  const begin = INDENT.length + termWidth + GAP
  if (columns - begin < LEAST_BESIDE) {
    const below = helper.boxWrap(description, columns - BELOW.length)
    return `${INDENT}${term}\n${below.replaceAll(/^/gm, BELOW)}`
  }
  const beside = helper.boxWrap(description, columns - begin)
  return `${INDENT}${term.padEnd(termWidth + GAP)}${beside.replaceAll('\n', `\n${' '.repeat(begin)}`)}`
}
