export const OUTPUT_FORMATS = ['wide', 'json', 'yaml', 'ndjson', 'name'] as const
/** Without `-o`, the output is a table. */
export type OutputFormat = (typeof OUTPUT_FORMATS)[number]
