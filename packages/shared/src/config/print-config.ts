import type { z } from 'zod'
import { describeSettings, type SettingDescription } from './describe-settings.ts'
import { readSettings } from './read-settings.ts'

/** Formats the effective settings as lines of `NAME=value`, each with its source. Masks secrets. */
export function printConfig(
  schema: z.ZodObject,
  environment: Record<string, string | undefined>,
): string {
  const { given } = readSettings(schema, environment)
  const lines = describeSettings(schema).map((setting) => {
    const value = given[setting.name]
    const source = environment[`${setting.name}_FILE`]?.trim() ? `from ${setting.name}_FILE` : 'set'
    return value === undefined ? formatUnset(setting) : setLine(setting, value, source)
  })
  return `${lines.join('\n')}\n`
}

function setLine({ name, isSecret }: SettingDescription, value: string, source: string): string {
  return `${name}=${isSecret ? '***' : value}  # ${source}`
}

function formatUnset({ name, default: usual }: SettingDescription): string {
  return usual === undefined ? `# ${name} is not set` : `${name}=${usual}  # default`
}
