/** A JSON schema of a cluster. Untrusted: members can be missing, invalid or huge. */
export type JsonSchema = { [member: string]: unknown }

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function toText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

export function asTexts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : []
}
