import { defineLuaScript } from '@capstan/redis/lua-script'

const findHolder = new URL('../results/lua/find-holder.lua', import.meta.url)
const lua = (name: string) => new URL(`./lua/${name}.lua`, import.meta.url)
const script = (name: string, ...preludes: string[]) =>
  defineLuaScript(lua(name), lua('prelude'), ...preludes.map(lua))
const announcing = (name: string) =>
  defineLuaScript(lua(name), lua('prelude'), new URL('../routes/lua/announce.lua', import.meta.url))

/** The scripts of the journal, each of them atomic. */
export const journalScripts = {
  open: announcing('open'),
  comparePlan: script('compare-plan'),
  announceRoute: announcing('announce-route'),
  plan: script('plan'),
  failScan: script('fail-scan'),
  claim: defineLuaScript(lua('claim'), lua('prelude'), lua('budget'), findHolder),
  reserve: script('reserve', 'budget'),
  record: script('record', 'budget', 'outcome'),
  recordUnclaimed: script('record-unclaimed', 'budget', 'outcome'),
  addSpend: script('add-spend'),
  abandon: script('abandon'),
  pause: script('pause'),
  resume: announcing('resume'),
  cancel: script('cancel'),
  retry: announcing('retry'),
  discard: script('discard'),
  forget: script('forget'),
  snapshot: script('snapshot'),
  repair: script('repair'),
  pruneScans: defineLuaScript(lua('prune-scans')),
}
