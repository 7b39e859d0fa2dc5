import { readFileSync } from 'node:fs'
import { z } from 'zod'

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

/** Reads `schema` from the environment. `NAME_FILE` names a file that holds NAME; empty values count as unset. */
export function readConfig<S extends z.ZodObject>(
  schema: S,
  environment: Record<string, string | undefined>,
): z.infer<S> {
  const faults: string[] = []
  const values: Record<string, string> = {}
  for (const name of Object.keys(schema.shape)) {
    const value = readValue(name, environment, faults)
    if (value !== undefined) values[name] = value
  }
  const parsed = schema.safeParse(values)
  if (!parsed.success) {
    for (const issue of parsed.error.issues)
      faults.push(`${issue.path.join('.')}: ${issue.message}`)
  }
  if (faults.length > 0 || !parsed.success) throw new ConfigError(faults)
  return parsed.data
}

function readValue(
  name: string,
  environment: Record<string, string | undefined>,
  faults: string[],
): string | undefined {
  const direct = environment[name]
  const file = environment[`${name}_FILE`]
  if (direct && file) {
    faults.push(`${name}: both ${name} and ${name}_FILE are set; keep one`)
    return undefined
  }
  if (!file) return direct || undefined
  try {
    return readFileSync(file, 'utf8').trim() || undefined
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'error'
    faults.push(`${name}_FILE: ${file} cannot be read (${code})`)
    return undefined
  }
}
