import { toPlainText } from '@capstan/shared/text/to-plain-text'
import type { Session } from '../session.ts'
import { peopleText } from './people-text.ts'
import { safeJson } from './safe-json.ts'
import { safeYaml } from './safe-yaml.ts'

/** Prints one thing to stdout in the asked format; without one as `forPeople` says. */
export function printOne(
  session: Session,
  value: unknown,
  { name, forPeople }: { name: string; forPeople: () => string },
): void {
  const { io, format } = session
  if (format === 'json') io.out(`${safeJson(value, 2)}\n`)
  else if (format === 'ndjson') io.out(`${safeJson(value)}\n`)
  else if (format === 'yaml') io.out(safeYaml(value))
  else if (format === 'name') io.out(`${toPlainText(name)}\n`)
  else io.out(peopleText(io, 'out', forPeople()))
}
