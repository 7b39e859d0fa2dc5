/** One definition of a multi-type prompt with its label. */
export interface LabelledDefinition {
  label: string
  definition: string
}

/** Returns the definitions of a multi-type prompt; none for a prompt about one type. */
export function parseSharedDefinitions(user: string): LabelledDefinition[] {
  const each =
    /^Definition ([0-9a-f]+):\n-----definition ([0-9a-f]+)-----\n([\s\S]*?)\n-----end definition \2-----/gm
  return [...user.matchAll(each)].map(([, label = '', , definition = '']) => ({
    label,
    definition,
  }))
}
