import stringWidth from 'string-width'
import { fitText } from '../output/fit-text.ts'
import type { Colors } from '../cli-session.ts'
import { toPlainText } from '@capstan/shared/text/to-plain-text'

export type Tone = 'plain' | 'good' | 'bad' | 'warn' | 'dim' | 'bold'

/** A part of a line and its style. The text is sanitized when it is painted. */
export type StyledText = string | { text: string; tone: Tone }
export type StyledLine = StyledText[]

/** Renders a line for a terminal, cut to `columns`. */
export function paintLine(line: StyledLine, columns: number, colors: Colors): string {
  let left = columns
  let painted = ''
  for (const segment of line) {
    const { text, tone } =
      typeof segment === 'string' ? { text: segment, tone: 'plain' as const } : segment
    const fitted = fitText(visible(text), left)
    painted += paintText(fitted, tone, colors)
    left -= stringWidth(fitted)
    if (left <= 0) break
  }
  return painted
}

/** Keeps spaces at both ends, because they separate segments. */
function visible(text: string): string {
  const [, before = '', after = ''] = /^( *).*?( *)$/su.exec(text) ?? []
  const inner = text.trim().split(/( {2,})/u)
  return (
    before +
    inner.map((part) => (/^ +$/u.test(part) ? part : toPlainText(part, 2_000))).join('') +
    after
  )
}

function paintText(text: string, tone: Tone, colors: Colors): string {
  switch (tone) {
    case 'good':
      return colors.green(text)
    case 'bad':
      return colors.red(text)
    case 'warn':
      return colors.yellow(text)
    case 'dim':
      return colors.dim(text)
    case 'bold':
      return colors.bold(text)
    case 'plain':
      return text
  }
}
