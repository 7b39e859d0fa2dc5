/** Letters by which terms are grouped; a shorter beginning is looked for in no index. */
export const PREFIX_LETTERS = 3

/** Terms by their first three letters: what begins like a word is found without a look at all terms. */
export class PrefixIndex {
  readonly #groups = new Map<string, Set<string>>()

  add(term: string): void {
    const prefix = term.slice(0, PREFIX_LETTERS)
    const group = this.#groups.get(prefix)
    if (group) group.add(term)
    else this.#groups.set(prefix, new Set([term]))
  }

  clear(): void {
    this.#groups.clear()
  }

  /** Longer terms that begin with `stem`, of at least three letters. Forgets those of them that are no longer `known`. */
  beginningWith(stem: string, known: (term: string) => boolean): string[] {
    const group = this.#groups.get(stem.slice(0, PREFIX_LETTERS))
    const found: string[] = []
    for (const term of group ?? []) {
      if (term.length <= stem.length || !term.startsWith(stem)) continue
      if (known(term)) found.push(term)
      else group?.delete(term)
    }
    return found
  }
}
