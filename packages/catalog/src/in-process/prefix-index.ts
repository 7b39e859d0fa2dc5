/** Shorter prefixes are not searched. */
export const MIN_PREFIX_LENGTH = 3

/** Terms grouped by their first three letters, so that a prefix search does not read all terms. */
export class PrefixIndex {
  readonly #groups = new Map<string, Set<string>>()

  add(term: string): void {
    const prefix = term.slice(0, MIN_PREFIX_LENGTH)
    const group = this.#groups.get(prefix)
    if (group) group.add(term)
    else this.#groups.set(prefix, new Set([term]))
  }

  clear(): void {
    this.#groups.clear()
  }

  /** Terms that are longer than `prefix` (at least three letters) and begin with it. Drops terms that are not `inUse`. */
  find(prefix: string, inUse: (term: string) => boolean): string[] {
    const group = this.#groups.get(prefix.slice(0, MIN_PREFIX_LENGTH))
    const found: string[] = []
    for (const term of group ?? []) {
      if (term.length <= prefix.length || !term.startsWith(prefix)) continue
      if (inUse(term)) found.push(term)
      else group?.delete(term)
    }
    return found
  }
}
