import type { Command, Redis } from 'ioredis'

/** A wait is counted in this many parts. */
const PARTS = 10

/**
 * Rejects each command that Redis has not answered within `ms` with the error `Command timed out`. Replaces the option
 * `commandTimeout` of ioredis, whose timers run before the reply that is already in the socket is read: a process that
 * was busy for `ms` then takes its own delay for a fault of Redis. Here the wait is counted in parts that each need a
 * turn of the event loop, and the socket is read once more before a command is given up.
 */
export function applyCommandTimeout(redis: Redis, ms: number): void {
  /** Commands without a reply, and the parts that each has waited. */
  const waiting = new Map<Command, number>()
  let counting: NodeJS.Timeout | undefined
  const count = (): void => {
    for (const [command, parts] of waiting) {
      if (parts < PARTS) waiting.set(command, parts + 1)
      else setImmediate(giveUp, command)
    }
  }
  const forget = (command: Command): void => {
    waiting.delete(command)
    if (waiting.size > 0) return
    clearInterval(counting)
    counting = undefined
  }
  const send = redis.sendCommand.bind(redis)
  redis.sendCommand = (command, stream) => {
    // A command that is sent again after a reconnect goes on counting.
    if (!waiting.has(command)) {
      waiting.set(command, 0)
      counting ??= setInterval(count, ms / PARTS)
      const settled = (): void => forget(command)
      command.promise.then(settled, settled)
    }
    return send(command, stream)
  }
}

/** A command that was answered meanwhile ignores it. */
function giveUp(command: Command): void {
  command.reject(new Error('Command timed out'))
}
