import type { z } from 'zod'
import { readSettings } from './read-settings.ts'

/** Lists all faults of the environment, so that a user can correct them together. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly faults: string[]

  constructor(faults: string[]) {
    super(
      `The configuration has ${faults.length} fault(s):\n${faults.map((f) => `  - ${f}`).join('\n')}`,
    )
    this.faults = faults
  }
}

/**
 * Reads `schema` from the environment. `NAME_FILE` is the path of a file with the value of NAME. Blank values count as unset.
 * `crossCheck` returns faults of combinations of settings, given as text. Throws ConfigError with all faults.
 */
export function readConfig<S extends z.ZodObject>(
  schema: S,
  environment: Record<string, string | undefined>,
  crossCheck: (given: Record<string, string | undefined>) => string[] = () => [],
): z.infer<S> {
  const { given, unreadable } = readSettings(schema, environment)
  const parsed = schema.safeParse(given)
  const faults = [...unreadable.values()]
  for (const { path, message } of parsed.error?.issues ?? []) {
    const name = path.join('.')
    // An unreadable setting would be reported as missing too.
    if (!unreadable.has(name)) faults.push(`${name}: ${message}`)
  }
  // A cross check would report wrong faults for an unreadable setting.
  if (unreadable.size === 0) faults.push(...crossCheck(given))
  if (faults.length > 0 || !parsed.success) throw new ConfigError(faults)
  return parsed.data
}
