/** A command line that is not understood: an unknown flag, or one without its value. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
