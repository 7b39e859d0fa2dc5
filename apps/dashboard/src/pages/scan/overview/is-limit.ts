import type { Scan } from '@capstan/shared/contract/scan/scan'

/** Returns whether a throttle only lowers the number of concurrent calls. Other throttles let no call start. */
export function isLimit({ because }: NonNullable<Scan['throttle']>): boolean {
  return because.startsWith('limited to ')
}
