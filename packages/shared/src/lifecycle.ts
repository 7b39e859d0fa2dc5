/** Resolves with the first SIGTERM or SIGINT. A second one, or the deadline, ends the process by force. */
export function askedToStop(graceMs: number): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false
    const onSignal = (signal: NodeJS.Signals): void => {
      if (asked) process.exit(130)
      asked = true
      // With Redis gone a BullMQ worker never closes; only this ends the process then.
      setTimeout(() => process.exit(1), graceMs).unref()
      resolve(signal)
    }
    process.on('SIGTERM', onSignal)
    process.on('SIGINT', onSignal)
  })
}
