/** A column of a CSV export: its name, and its cell of a row. Null is an empty cell. */
export type CsvColumn<T> = [name: string, readCell: (row: T) => string | number | boolean | null]
