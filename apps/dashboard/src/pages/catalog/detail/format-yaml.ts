/** Formats a JSON value as YAML. Texts that YAML could read as something else are quoted as in JSON, which YAML contains. */
export function formatYaml(value: unknown): string {
  return `${formatBlock(value, '').join('\n')}\n`
}

/** A text of letters, digits and harmless signs that begins with a letter. */
const PLAIN = /^[A-Za-z][\w./ ()+-]*$/
const RESERVED = /^(?:true|false|yes|no|on|off|null|y|n)$/i

function formatBlock(value: unknown, indent: string): string[] {
  if (Array.isArray(value) && value.length > 0)
    return value.flatMap((one) => formatItem(one, indent))
  const entries = readEntries(value)
  if (entries.length > 0) return entries.flatMap((entry) => formatEntry(entry, indent))
  return [indent + formatScalar(value)]
}

function formatItem(value: unknown, indent: string): string[] {
  const [first = '', ...rest] = formatBlock(value, `${indent}  `)
  return [`${indent}- ${first.trimStart()}`, ...rest]
}

function formatEntry([name, value]: [string, unknown], indent: string): string[] {
  const key = `${indent}${formatText(name)}:`
  if (!isNested(value)) return [`${key} ${formatScalar(value)}`]
  return [key, ...formatBlock(value, `${indent}  `)]
}

function isNested(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : readEntries(value).length > 0
}

function readEntries(value: unknown): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  return Object.entries(value).filter(([, one]) => one !== undefined)
}

function formatScalar(value: unknown): string {
  return typeof value === 'string' ? formatText(value) : JSON.stringify(value)
}

function formatText(text: string): string {
  const isPlain = PLAIN.test(text) && !text.endsWith(' ') && !RESERVED.test(text)
  return isPlain ? text : JSON.stringify(text)
}
