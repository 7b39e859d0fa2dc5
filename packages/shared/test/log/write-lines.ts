// A logging process, started by log-destination.test.ts.
import { createLog } from '../../src/log.ts'

const [count = '1'] = process.argv.slice(2)
const log = createLog('test', 'info')
const filler = 'x'.repeat(1_000)
for (let n = 0; n < Number(count); n++) log.info({ n, filler }, 'a line')
process.send?.('written')
process.on('message', () => {
  log.info('a late line')
  process.exit(7)
})
