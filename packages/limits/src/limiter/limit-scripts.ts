import { defineLuaScript } from '@capstan/redis/lua-script'

const file = (name: string): URL => new URL(`./lua/${name}.lua`, import.meta.url)

const PRELUDES = [
  'group',
  'hidden-rate',
  'buckets',
  'load-evidence',
  'concurrency',
  'breaker',
  'blocked',
  'estimates',
  'observed',
].map(file)

/** Redis' own TIME. */
export const REDIS_CLOCK = file('clock')

/** The scripts of the limits, each one atomic step. `clock` is a Lua file that defines `clock()`, in ms. */
export function loadLimitScripts(clock: URL) {
  const script = (name: string) => defineLuaScript(file(name), clock, ...PRELUDES)
  return {
    configure: script('configure'),
    acquire: script('acquire'),
    settle: script('settle'),
    observe: script('observe'),
    pause: script('pause'),
    resume: script('resume'),
    sweep: script('sweep'),
    snapshot: script('snapshot'),
  }
}
export type LimitScripts = ReturnType<typeof loadLimitScripts>
