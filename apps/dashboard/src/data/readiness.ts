import { signal } from '@preact/signals'
import type { ServerReadiness } from '@capstan/shared/contract/server/server-readiness'
import { API } from './request.ts'

/** Checks of the server. Undefined until it has answered; `unreachable` when the last request did not reach it. */
export const readiness = signal<ServerReadiness | 'unreachable' | undefined>(undefined)

/** Reads the checks. A server that is not ready answers with 503 and the same document. */
export async function loadReadiness(): Promise<void> {
  try {
    const response = await fetch(new URL('../../readyz?verbose=true', API))
    readiness.value = await response.json()
  } catch {
    readiness.value = 'unreachable'
  }
}
