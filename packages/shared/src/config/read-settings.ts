import { readFileSync } from 'node:fs'
import type { z } from 'zod'

export interface GivenSettings {
  /** Values by name, as text. Unset settings are absent. */
  given: Record<string, string>
  /** Faults of unreadable values, by name. */
  unreadable: Map<string, string>
}

/**
 * Reads the values of the settings of a schema, from NAME or from the file in NAME_FILE, and trims them. A blank variable or
 * file counts as unset. Does not validate values.
 */
export function readSettings(
  schema: z.ZodObject,
  environment: Record<string, string | undefined>,
): GivenSettings {
  const settings: GivenSettings = { given: {}, unreadable: new Map() }
  for (const name of Object.keys(schema.shape)) {
    const { value, fault } = readOne(name, environment)
    if (value) settings.given[name] = value
    if (fault !== undefined) settings.unreadable.set(name, fault)
  }
  return settings
}

function readOne(
  name: string,
  environment: Record<string, string | undefined>,
): { value?: string | undefined; fault?: string } {
  const direct = environment[name]?.trim()
  const file = environment[`${name}_FILE`]?.trim()
  if (!file) return { value: direct }
  if (direct) return { fault: `${name}: both ${name} and ${name}_FILE are set; keep one` }
  try {
    return { value: readFileSync(file, 'utf8').trim() }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'error'
    return { fault: `${name}_FILE: ${file} cannot be read (${code})` }
  }
}
