import type { Help } from 'commander'

const INDENT = '  '
const GAP = 2
/** With fewer columns beside its term, a description moves below the term. */
const LEAST_BESIDE = 30
const BELOW = '      '

/** Formats one line of `--help`. The description is wrapped beside its term, or below it in a narrow terminal. */
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
