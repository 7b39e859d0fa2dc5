import { computed } from '@preact/signals'
import { connection } from '../data/store.ts'

/** The page shows the last known state, because the server cannot be reached. */
export const isStale = computed(() => connection.value.state === 'waiting')
