/** The definition between the fences of a question; the whole text when there is none. */
export function extractDefinition(user: string): string {
  const fenced = /^-----definition ([0-9a-f]+)-----\n([\s\S]*?)\n-----end definition \1-----/m.exec(
    user,
  )
  return fenced?.[2] ?? user
}
