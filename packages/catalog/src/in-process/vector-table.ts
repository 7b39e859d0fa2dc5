/** Vectors of rows in one block of memory: a search is one pass over it. */
export class VectorTable {
  readonly #dimensions: number
  readonly #slots = new Map<string, number>()
  readonly #free: number[] = []
  #block: Float32Array
  #used = 0

  constructor(dimensions: number) {
    this.#dimensions = dimensions
    this.#block = new Float32Array(dimensions * 256)
  }

  set(id: string, vector: Float32Array): void {
    const slot = this.#slots.get(id) ?? this.#free.pop() ?? this.#used++
    this.#slots.set(id, slot)
    const end = (slot + 1) * this.#dimensions
    if (end > this.#block.length) {
      const larger = new Float32Array(this.#block.length * 2)
      larger.set(this.#block)
      this.#block = larger
    }
    this.#block.set(vector, slot * this.#dimensions)
  }

  delete(id: string): void {
    const slot = this.#slots.get(id)
    if (slot === undefined) return
    this.#slots.delete(id)
    this.#free.push(slot)
  }

  clear(): void {
    this.#slots.clear()
    this.#free.length = 0
    this.#used = 0
  }

  /** Cosines of at least `least`, in no order. All vectors have length 1. */
  search(query: Float32Array, least: number): Map<string, number> {
    const found = new Map<string, number>()
    for (const [id, slot] of this.#slots) {
      const score = this.#dot(query, slot * this.#dimensions)
      if (score >= least) found.set(id, score)
    }
    return found
  }

  #dot(query: Float32Array, offset: number): number {
    const block = this.#block
    let sum = 0
    for (let index = 0; index < query.length; index += 1) {
      sum += (query[index] ?? 0) * (block[offset + index] ?? 0)
    }
    return sum
  }
}
