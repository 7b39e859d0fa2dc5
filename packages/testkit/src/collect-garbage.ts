import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Preloaded into a process (`node --import`): collects garbage twice a second, so that its memory is what it
 * holds.
 */
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void // V8 defines it because of the flag
setInterval(collect, 500).unref()
