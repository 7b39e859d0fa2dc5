import type { Scan } from '@capstan/shared/contract/scan/scan'

type Throttle = NonNullable<Scan['throttle']>

/** Why nothing of a scan starts, such as `main: circuit breaker open: OpenAI has a fault (500): …`. */
export function throttleText({ account, because, fault }: Throttle): string {
  const why = account === null ? because : `${account}: ${because}`
  // The words of a breaker are those of the fault that opened it.
  return fault && !because.includes(fault.title) ? `${why}; last failure: ${fault.title}` : why
}
