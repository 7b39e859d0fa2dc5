import { createLog, type Log } from '@capstan/shared/log'

/** A log without output. It does not open stderr, which warns of a leak when many logs of a process listen to it. */
export const createSilentLog = (): Log => createLog('test', 'silent', { write: () => undefined })
