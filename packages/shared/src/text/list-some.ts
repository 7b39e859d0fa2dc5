const MOST_NAMED = 5

/** Lists up to five names and the number of the others. */
export function listSome(names: string[]): string {
  const some = names.slice(0, MOST_NAMED).join(', ')
  return names.length > MOST_NAMED ? `${some} and ${names.length - MOST_NAMED} more` : some
}
