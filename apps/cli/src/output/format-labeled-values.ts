import type { Colors } from '../cli-session.ts'
import { padText } from './fit-text.ts'
import { toPlainText } from '@capstan/shared/text/to-plain-text'

export type LabeledValue = [name: string, value: string | null | undefined | false]

/** Formats `Name:  value` lines, aligned. Empty values are omitted. Values are sanitized. */
export function formatLabeledValues(facts: LabeledValue[], colors: Colors): string[] {
  const given = facts.filter(([, value]) => typeof value === 'string' && value !== '')
  const width = Math.max(0, ...given.map(([name]) => name.length)) + 3
  return given.map(
    ([name, value]) =>
      `${colors.bold(padText(`${name}:`, width))}${toPlainText(String(value), 2_000)}`,
  )
}
