import { computed } from '@preact/signals'
import { reachedAt } from '../data/reached-at.ts'
import { connection } from '../data/store.ts'
import { now } from '../format/clock.ts'

/** Requests of pages that poll are at most this old. */
const FRESH_MS = 8_000

/** No stream reaches the page, but requests do: pages read their data every few seconds. */
export const isPolling = computed(
  () => connection.value.state === 'waiting' && now.value - reachedAt.value < FRESH_MS,
)

/** The page shows the last known state, because the server cannot be reached. */
export const isStale = computed(() => connection.value.state === 'waiting' && !isPolling.value)
