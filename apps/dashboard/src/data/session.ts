import { api } from './api.ts'
import { ProblemError } from './problem-error.ts'
import { endSession, sessionState } from './session-state.ts'

/** Asks the server who uses the dashboard. While it cannot be reached, the present state stays. */
export async function loadSession(): Promise<void> {
  try {
    sessionState.value = { status: 'signed-in', session: await api.readSession() }
  } catch (error) {
    if (error instanceof ProblemError && error.problem?.status === 401) {
      endSession(error.problem)
    }
  }
}
