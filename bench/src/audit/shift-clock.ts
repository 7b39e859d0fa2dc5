/** Preloaded into a process (`node --import <this file>?minutes=<n>`): shifts its clock by this many minutes. */
const minutes = Number(new URL(import.meta.url).searchParams.get('minutes'))
if (!Number.isFinite(minutes)) throw new Error('the minutes are missing')

const RealDate = Date
const shiftMs = minutes * 60_000
const readShifted = (): number => RealDate.now() + shiftMs

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [readShifted()] : args, newTarget) as object,
  apply: () => new RealDate(readShifted()).toString(),
  get: (target, name, receiver) =>
    name === 'now' ? readShifted : (Reflect.get(target, name, receiver) as unknown),
})
