/** Qdrant cannot be used now; nothing is lost, and the same may be tried again. Its text holds no secret. */
export class QdrantUnavailableError extends Error {
  override readonly name = 'QdrantAway'
}

/** Qdrant answers and says no: asking again cannot help. Its text holds no secret. */
export class QdrantRejectedError extends Error {
  override readonly name = 'QdrantRefused'
  readonly status: number

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
  }
}
