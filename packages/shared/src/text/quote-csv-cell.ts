/** Quotes a cell and disables formulas, because a spreadsheet would execute text of a model or a cluster. */
export function quoteCsvCell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return `"${plain.replaceAll('"', '""')}"`
}
