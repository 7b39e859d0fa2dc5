/** The text as far as the last word that ends within `maxLength` characters. */
export function shortenText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  const space = text.lastIndexOf(' ', maxLength)
  // Scripts without spaces, and one endless word, are cut between two characters.
  const kept =
    space > maxLength / 2
      ? text.slice(0, space)
      : text.slice(0, maxLength).replace(/[\uD800-\uDBFF]$/, '')
  return kept.trimEnd()
}
