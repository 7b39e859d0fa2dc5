import { useMemo, useState } from 'preact/hooks'
import type { StartedScan } from '@capstan/shared/contract/scan/started-scan'
import { api, type ScanInput } from '../../data/api.ts'
import { keepScan } from '../../data/store.ts'
import { useAction, type Action } from '../../data/use-action.ts'
import { navigate } from '../../router/location.ts'

export interface Start {
  action: Action
  /** The running scan that the request has joined. */
  joined: StartedScan | undefined
  start: () => void
}

/** Starts a scan and opens its page. A repeated start with the same input, after a lost answer, starts no second one. */
export function useStart(input: ScanInput): Start {
  const action = useAction()
  const [joined, setJoined] = useState<StartedScan | undefined>(undefined)
  const key = useMemo(createKey, [JSON.stringify(input)])
  const start = (): void =>
    void action.run(async () => {
      const scan = await api.startScan(input, key)
      keepScan(scan)
      if (scan.joined) setJoined(scan)
      else navigate(`scans/${scan.id}`)
    })
  return { action, joined, start }
}

/** A random text. Pages without HTTPS have no crypto.randomUUID. */
function createKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16)).join('-')
}
