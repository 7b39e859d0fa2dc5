/** One definition of a question about several, and what it is called there. */
export interface Labelled {
  label: string
  definition: string
}

/** The definitions of a question about several types; none of a question about one. */
export function packedDefinitions(user: string): Labelled[] {
  const each =
    /^Definition ([0-9a-f]+):\n-----definition ([0-9a-f]+)-----\n([\s\S]*?)\n-----end definition \2-----/gm
  return [...user.matchAll(each)].map(([, label = '', , definition = '']) => ({
    label,
    definition,
  }))
}
