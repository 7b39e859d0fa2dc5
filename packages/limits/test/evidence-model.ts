/** Model of evidence.lua in plain TypeScript. */
export interface EvidenceModel {
  recordCall(level: number, ceiling: number): void
  removeCall(level: number, grantedAt: number): void
  recordFailure(level: number, grantedAt: number, ceiling: { calls: number; at: number }): void
  /** Returns whether a limit is exhausted. */
  recordRejection(grantedAt: number): boolean
  /** Records a 429. Returns whether it is the first one in many calls. */
  recordGap(grantedAt: number): boolean
  recordEnd(grantedAt: number, isAnswered: boolean, left: number): void
  showsLoad(): boolean
  signal(): 'load' | 'many' | undefined
  answeredTogether(): number
  resetAbove(): void
  reset(): void
}

interface Sums {
  calls: number
  failed: number
  x: number
  xx: number
  xf: number
}

const NOTHING: Sums = { calls: 0, failed: 0, x: 0, xx: 0, xf: 0 }

function logRatio(failed: number, calls: number, share: number, alternative: number): number {
  const others = Math.max(0, calls - failed)
  return failed * Math.log(share / alternative) + others * Math.log((1 - share) / (1 - alternative))
}

/** Creates the evidence of an unused limit key. `median`: current call duration in ms. */
export function evidenceModel(clock: () => number, median: () => number): EvidenceModel {
  let sums = { ...NOTHING }
  let agedAt: number | undefined
  let resetAt = 0
  const round = { at: Number.NEGATIVE_INFINITY, calls: 0, failed: 0 }
  const above = { calls: 0, failed: 0 }
  const rejection = { at: 0, calls: 0, ended: 0, failed: 0 }
  const gap = { at: 0, calls: 0 }
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
    recordCall: (level, ceiling) => {
      age()
      sums.calls += 1
      sums.x += Math.log(level)
      sums.xx += Math.log(level) * Math.log(level)
      if (clock() - round.at >= median()) Object.assign(round, { at: clock(), calls: 0, failed: 0 })
      round.calls += 1
      if (ceiling > 0 && level > ceiling) above.calls += 1
      if (rejection.at > 0) rejection.calls += 1
      gap.calls += 1
    },
    removeCall: (level, grantedAt) => {
      if (grantedAt <= resetAt) return
      const part = Math.min(1, sums.calls)
      const x = Math.log(level)
      sums.calls -= part
      sums.x = Math.max(0, sums.x - part * x)
      sums.xx = Math.max(0, sums.xx - part * x * x)
    },
    recordFailure: (level, grantedAt, ceiling) => {
      if (grantedAt > resetAt) {
        sums.failed += 1
        sums.xf += Math.log(level)
      }
      if (grantedAt >= Math.max(0, round.at)) round.failed += 1
      if (ceiling.calls > 0 && level > ceiling.calls && grantedAt > ceiling.at) above.failed += 1
    },
    recordRejection: (grantedAt) => {
      if (rejection.at > 0 && grantedAt >= rejection.at) rejection.failed += 1
      const isLimit = logRatio(rejection.failed, rejection.calls, 0.5, 0.1) >= Math.log(100)
      const isChance = logRatio(rejection.failed, rejection.ended, 0.5, 0.1) <= -Math.log(20)
      if (rejection.at === 0 || isLimit || isChance) {
        Object.assign(rejection, { at: clock(), calls: 0, ended: 0, failed: 0 })
      }
      return isLimit
    },
    recordGap: (grantedAt) => {
      if (grantedAt <= gap.at) return false
      const isRare = gap.calls >= 300
      Object.assign(gap, { at: clock(), calls: 0 })
      return isRare
    },
    recordEnd: (grantedAt, isAnswered, left) => {
      if (rejection.at > 0 && grantedAt >= rejection.at) rejection.ended += 1
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
      return round.failed >= 5 && round.failed >= 0.4 * round.calls ? 'many' : undefined
    },
    answeredTogether: () => {
      proofs = proofs.filter((proof) => proof.minute > minute() - 5)
      return Math.max(0, ...proofs.map(({ calls }) => calls))
    },
    resetAbove: () => void Object.assign(above, { calls: 0, failed: 0 }),
    reset: () => {
      sums = { ...NOTHING }
      resetAt = clock()
    },
  }
}
