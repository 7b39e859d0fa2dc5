import type { CliSession } from '../cli-session.ts'
import { formatForTerminal } from './format-for-terminal.ts'
import { stringifySafeJson } from './stringify-safe-json.ts'
import { stringifySafeYaml } from './stringify-safe-yaml.ts'
import { toPlainText } from '@capstan/shared/text/to-plain-text'

/** Prints one value to stdout in the requested format, or with `forPeople` by default. */
export function printOne(
  session: CliSession,
  value: unknown,
  { name, forPeople }: { name: string; forPeople: () => string },
): void {
  const { io, format } = session
  if (format === 'json') io.out(`${stringifySafeJson(value, 2)}\n`)
  else if (format === 'ndjson') io.out(`${stringifySafeJson(value)}\n`)
  else if (format === 'yaml') io.out(stringifySafeYaml(value))
  else if (format === 'name') io.out(`${toPlainText(name)}\n`)
  else io.out(formatForTerminal(io, 'out', forPeople()))
}
