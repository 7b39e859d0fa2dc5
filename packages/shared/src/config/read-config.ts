import type { z } from 'zod'
import { readSettings } from './read-settings.ts'

/** All faults of the environment at once, so that a user mends them in one go. */
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
 * Reads `schema` from the environment. `NAME_FILE` names a file that holds NAME; blank values count as unset.
 * `crossCheck` answers the faults that lie between settings, given as they are written; they are listed with all
 * others. Throws ConfigError.
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
    // That it is missing follows from its not being readable.
    if (!unreadable.has(name)) faults.push(`${name}: ${message}`)
  }
  // A check between settings would blame the others for one that cannot be read.
  if (unreadable.size === 0) faults.push(...crossCheck(given))
  if (faults.length > 0 || !parsed.success) throw new ConfigError(faults)
  return parsed.data
}
