import { z } from 'zod'

/** Description of a setting for users. */
export interface SettingDescription {
  name: string
  /** Type and range as text, such as `integer, 0 to 65535`. */
  type: string
  /** Default in the form that a user writes. Undefined: none. */
  default: string | undefined
  isRequired: boolean
  /** Marked with `.meta({ secret: true })`. The value is never printed. */
  isSecret: boolean
  description: string
}

const Property = z.object({
  // Absent for `anyOf`: true, false or a keyword.
  type: z.string().optional(),
  anyOf: z.array(z.object({ const: z.string().optional() })).default([]),
  format: z.string().optional(),
  enum: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maximum: z.number().optional(),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  secret: z.boolean().default(false),
  description: z.string().default(''),
})
type Property = z.infer<typeof Property>

/** Describes the settings of a schema, in the order of the schema. */
export function describeSettings(schema: z.ZodObject): SettingDescription[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'output' })
  return Object.entries(properties).map(([name, json]) => {
    const property = Property.parse(json)
    const { default: usual, secret, description } = property
    return {
      name,
      type: describeType(property),
      // An empty string counts as unset.
      default: usual === undefined || usual === '' ? undefined : String(usual),
      // The output schema also requires settings with a default.
      isRequired: required.includes(name) && usual === undefined,
      isSecret: secret,
      description,
    }
  })
}

function describeType(property: Property): string {
  const { type, anyOf, format, enum: choices } = property
  if (type === undefined) return anyOf.map((one) => one.const ?? 'true or false').join(', ')
  if (choices) return choices.join(', ')
  if (type === 'object' || type === 'array') return 'JSON'
  if (type === 'boolean') return 'true or false'
  if (type === 'string') return format === 'uri' ? 'URL' : 'text'
  return `${type}${describeRange(property)}`
}

function describeRange({ minimum, exclusiveMinimum, maximum }: Property): string {
  // zod adds the safe integer range to every integer.
  const most = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum
  if (minimum !== undefined && most !== undefined) return `, ${minimum} to ${most}`
  if (minimum !== undefined) return `, ${minimum} or more`
  return exclusiveMinimum === undefined ? '' : `, more than ${exclusiveMinimum}`
}
