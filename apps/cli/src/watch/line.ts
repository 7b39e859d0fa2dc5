import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { fitText, textWidth } from '../output/text-width.ts'
import type { Colors } from '../session.ts'

export type Tone = 'plain' | 'good' | 'bad' | 'warn' | 'dim' | 'bold'

/** A piece of a line and how it looks. The text is made safe when it is painted. */
export type Segment = string | { text: string; tone: Tone }
export type Line = Segment[]

/** The line as text for a terminal, cut to `columns`. */
export function paint(line: Line, columns: number, colors: Colors): string {
  let left = columns
  let painted = ''
  for (const segment of line) {
    const { text, tone } =
      typeof segment === 'string' ? { text: segment, tone: 'plain' as const } : segment
    const fitted = fitText(visible(text), left)
    painted += paintText(fitted, tone, colors)
    left -= textWidth(fitted)
    if (left <= 0) break
  }
  return painted
}

/** Spaces at the ends separate segments and stay. */
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
