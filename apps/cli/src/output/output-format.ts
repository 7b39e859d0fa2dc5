export const OUTPUT_FORMATS = ['wide', 'json', 'yaml', 'ndjson', 'name'] as const
/** Nothing asked for means a table for people. */
export type OutputFormat = (typeof OUTPUT_FORMATS)[number]
