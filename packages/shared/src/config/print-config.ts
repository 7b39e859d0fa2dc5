import type { z } from 'zod'
import { describeSettings, type SettingDescription } from './describe-settings.ts'
import { readSettings } from './read-settings.ts'

/** The settings in force, one `NAME=value` a line with where it comes from. Of a secret only that it is set. */
export function printConfig(
  schema: z.ZodObject,
  environment: Record<string, string | undefined>,
): string {
  const { given } = readSettings(schema, environment)
  const lines = describeSettings(schema).map((setting) => {
    const value = given[setting.name]
    const source = environment[`${setting.name}_FILE`]?.trim() ? `from ${setting.name}_FILE` : 'set'
    return value === undefined ? unsetLine(setting) : setLine(setting, value, source)
  })
  return `${lines.join('\n')}\n`
}

function setLine({ name, isSecret }: SettingDescription, value: string, source: string): string {
  return `${name}=${isSecret ? '***' : value}  # ${source}`
}

function unsetLine({ name, default: usual }: SettingDescription): string {
  return usual === undefined ? `# ${name} is not set` : `${name}=${usual}  # default`
}
