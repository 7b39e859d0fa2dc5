import type { Scan } from '@capstan/shared/contract/scan/scan'

type Throttle = NonNullable<Scan['throttle']>

/** Explains why no call starts, for example `main: circuit breaker open: OpenAI has a fault (500): …`. */
export function formatThrottle({ account, because, fault }: Throttle): string {
  const why = account === null ? because : `${account}: ${because}`
  // The text of a breaker already names the fault that opened it.
  return fault && !because.includes(fault.title) ? `${why}; last failure: ${fault.title}` : why
}
