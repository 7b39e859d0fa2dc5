/** Model of load-evidence.lua in plain TypeScript: lists of calls where the scripts keep sums. */
export interface EvidenceModel {
  noteCall(level: number, ceiling: number): void
  dropCall(level: number, grantedAt: number): void
  noteFailure(level: number, grantedAt: number, ceiling: { calls: number; at: number }): void
  /** Whether a limit is used up. */
  noteRefusal(grantedAt: number): boolean
  /** Whether 429s come as regularly as those of a rate, and whether this one begins another series. */
  noteGap(grantedAt: number): { isLikelyRate: boolean; isFirst: boolean }
  noteEnd(grantedAt: number, isAnswered: boolean, left: number): void
  showsLoad(): boolean
  signal(): 'load' | 'many' | undefined
  together(): number
  newCeiling(): void
  forget(): void
}

interface Sums {
  calls: number
  failed: number
  x: number
  xx: number
  xf: number
}

const NOTHING: Sums = { calls: 0, failed: 0, x: 0, xx: 0, xf: 0 }

function logRatio(failed: number, calls: number, share: number, otherwise: number): number {
  const others = Math.max(0, calls - failed)
  return failed * Math.log(share / otherwise) + others * Math.log((1 - share) / (1 - otherwise))
}

/** Nothing is known of an unused limit key. `median` as the limits know it now, in ms. */
export function evidenceModel(clock: () => number, median: () => number): EvidenceModel {
  let sums = { ...NOTHING }
  let agedAt: number | undefined
  let since = 0
  const recent = { at: Number.NEGATIVE_INFINITY, calls: 0, failed: 0 }
  const above = { calls: 0, failed: 0 }
  const refusal = { at: 0, calls: 0, ended: 0, failed: 0 }
  const gap = { at: 0, calls: 0 }
  let series: number[] = []
  const mark = { at: 0, left: 0, ok: 0 }
  let proofs: { minute: number; calls: number }[] = []

  const age = (): void => {
    const halvings =
      Math.floor((clock() - (agedAt ?? clock())) / 60_000) + (sums.calls >= 1_000 ? 1 : 0)
    if (halvings === 0 && agedAt !== undefined) return
    agedAt = clock()
    const part = 2 ** -Math.min(60, halvings)
    const { calls, failed, x, xx, xf } = sums
    sums = { calls: calls * part, failed: failed * part, x: x * part, xx: xx * part, xf: xf * part }
  }
  const showsLoad = (): boolean => {
    const { calls, failed, x, xx, xf } = sums
    if (failed < 3 || failed >= calls) return false
    const mean = x / calls
    const share = failed / calls
    const variance = xx / calls - mean * mean
    if (variance < 1e-4) return false
    const covariance = xf / calls - mean * share
    return covariance * Math.sqrt(calls) >= 3 * Math.sqrt(variance * share * (1 - share))
  }
  const showsCeiling = (): boolean => {
    const usual = Math.min(0.5, (sums.failed + 1) / (sums.calls + 50))
    return above.failed > 0 && logRatio(above.failed, above.calls, 0.7, usual) >= Math.log(50)
  }
  const minute = (): number => Math.floor(clock() / 60_000)
  return {
    noteCall: (level, ceiling) => {
      age()
      sums.calls += 1
      sums.x += Math.log(level)
      sums.xx += Math.log(level) * Math.log(level)
      if (clock() - recent.at >= median())
        Object.assign(recent, { at: clock(), calls: 0, failed: 0 })
      recent.calls += 1
      if (ceiling > 0 && level > ceiling) above.calls += 1
      if (refusal.at > 0) refusal.calls += 1
      gap.calls += 1
    },
    dropCall: (level, grantedAt) => {
      if (grantedAt <= since) return
      const part = Math.min(1, sums.calls)
      const x = Math.log(level)
      sums.calls -= part
      sums.x = Math.max(0, sums.x - part * x)
      sums.xx = Math.max(0, sums.xx - part * x * x)
    },
    noteFailure: (level, grantedAt, ceiling) => {
      if (grantedAt > since) {
        sums.failed += 1
        sums.xf += Math.log(level)
      }
      if (grantedAt >= Math.max(0, recent.at)) recent.failed += 1
      if (ceiling.calls > 0 && level > ceiling.calls && grantedAt > ceiling.at) above.failed += 1
    },
    noteRefusal: (grantedAt) => {
      if (refusal.at > 0 && grantedAt >= refusal.at) refusal.failed += 1
      const isLimit = logRatio(refusal.failed, refusal.calls, 0.5, 0.1) >= Math.log(100)
      const isLuck = logRatio(refusal.failed, refusal.ended, 0.5, 0.1) <= -Math.log(20)
      if (refusal.at === 0 || isLimit || isLuck) {
        Object.assign(refusal, { at: clock(), calls: 0, ended: 0, failed: 0 })
      }
      return isLimit
    },
    noteGap: (grantedAt) => {
      const isRare = grantedAt > gap.at && gap.calls >= 300
      if (grantedAt > gap.at) {
        if (series.length === 20 || gap.calls * 2 < Math.min(...series)) series = []
        if (gap.at > 0) series.push(gap.calls)
        Object.assign(gap, { at: clock(), calls: 0 })
      }
      const sum = series.reduce((one, other) => one + other, 0)
      const isRegular =
        series.length ** 2 * Math.min(...series, sum) >= Math.log(1_000) * Math.max(1, sum)
      return { isLikelyRate: isRare || isRegular, isFirst: series.length <= 1 }
    },
    noteEnd: (grantedAt, isAnswered, left) => {
      if (refusal.at > 0 && grantedAt >= refusal.at) refusal.ended += 1
      if (grantedAt < mark.at) {
        mark.left -= 1
        if (isAnswered) {
          mark.ok += 1
          proofs.push({ minute: minute(), calls: mark.ok })
        }
      }
      if (mark.left > 0 && clock() - mark.at < 2 * median()) return
      Object.assign(mark, { at: clock(), left, ok: 0 })
    },
    showsLoad,
    signal: () => {
      if (showsCeiling() || showsLoad()) return 'load'
      return recent.failed >= 5 && recent.failed >= 0.4 * recent.calls ? 'many' : undefined
    },
    together: () => {
      proofs = proofs.filter((proof) => proof.minute > minute() - 5)
      return Math.max(0, ...proofs.map(({ calls }) => calls))
    },
    newCeiling: () => void Object.assign(above, { calls: 0, failed: 0 }),
    forget: () => {
      sums = { ...NOTHING }
      since = clock()
    },
  }
}
