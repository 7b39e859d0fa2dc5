import { toPlainText } from '@capstan/shared/text/to-plain-text'
import type { Colors } from '../session.ts'
import { padText } from './text-width.ts'

export type Fact = [name: string, value: string | null | undefined | false]

/** `Name:  value` lines, aligned; facts without a value are left out. Values are made safe to show. */
export function factLines(facts: Fact[], colors: Colors): string[] {
  const given = facts.filter(([, value]) => typeof value === 'string' && value !== '')
  const width = Math.max(0, ...given.map(([name]) => name.length)) + 3
  return given.map(
    ([name, value]) =>
      `${colors.bold(padText(`${name}:`, width))}${toPlainText(String(value), 2_000)}`,
  )
}
