/** Qdrant is unreachable or overloaded; a retry may succeed. The message contains no secret. */
export class QdrantUnavailableError extends Error {
  override readonly name = 'QdrantAway'
}

/** Qdrant rejected the request; a retry cannot succeed. The message contains no secret. */
export class QdrantRejectedError extends Error {
  override readonly name = 'QdrantRefused'
  readonly status: number

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
  }
}
