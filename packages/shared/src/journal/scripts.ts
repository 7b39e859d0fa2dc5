import { luaScript } from '../redis/lua-script.ts'

const script = (name: string) =>
  luaScript(
    new URL(`./lua/${name}.lua`, import.meta.url),
    new URL('./lua/prelude.lua', import.meta.url),
  )

/** The journal's scripts, each one atomic step. */
export const scripts = {
  open: script('open'),
  plan: script('plan'),
  failScan: script('fail-scan'),
  claim: script('claim'),
  record: script('record'),
  abandon: script('abandon'),
  pause: script('pause'),
  resume: script('resume'),
  cancel: script('cancel'),
  retry: script('retry'),
  forget: script('forget'),
  snapshot: script('snapshot'),
  repair: script('repair'),
}
