const MOST_NAMED = 5

/** Up to five of the names, and how many more there are. */
export function listSome(names: string[]): string {
  const some = names.slice(0, MOST_NAMED).join(', ')
  return names.length > MOST_NAMED ? `${some} and ${names.length - MOST_NAMED} more` : some
}
