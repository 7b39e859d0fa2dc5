import type { ProviderList } from '@capstan/shared/contract/providers/provider-list'

export interface ShownPause {
  text: string
  isBreaker: boolean
}

/** Lists the accounts that start no calls now, with the reasons. Open breakers come first. */
export function findPauses(list: ProviderList | undefined): ShownPause[] {
  const accounts = (list?.data ?? []).flatMap(({ id, accounts: own }) =>
    own.map((account) => ({ id, ...account })),
  )
  return accounts
    .flatMap(({ id, name, model, paused, breaker }) => {
      const who = `${id}, account ${name}, ${model}`
      if (breaker.state === 'open')
        return [{ text: `${who}: ${breaker.reason ?? 'calls fail'}`, isBreaker: true }]
      return paused === null ? [] : [{ text: `${who}: ${paused.reason}`, isBreaker: false }]
    })
    .toSorted((a, b) => Number(b.isBreaker) - Number(a.isBreaker))
}
