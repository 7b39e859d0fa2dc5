import { describe, expect, test } from 'vitest'
import type { Claim } from '@capstan/scan-store/journal/types'
import { openResultCache } from '@capstan/scan-store/results/result-cache'
import { makeStoredResult } from '@capstan/testkit/make-stored-result'
import { epochOf, names, planned, RELEASED } from './fixtures.ts'
import type { JournalConnections } from './journal-connections.ts'

const [FIRST = '', SECOND = ''] = names(2)

/** Items whose answer another attempt pays for. */
export function waitsSuite(bench: () => JournalConnections): void {
  /** Opens two scans of the same types. The first one holds the lease of `key`. */
  const open = async (key: string) => {
    const { journal, redis, keys } = bench()
    const [payer, waiter] = [await planned(journal, names(2)), await planned(journal, names(2))]
    const cache = openResultCache(redis, keys)
    const owner = { id: `start of ${payer}`, worker: 'w1', scanId: payer }
    await cache.lease(key, owner)
    const claim = (scanId: string, resource = FIRST): Promise<Claim> =>
      journal.claim(scanId, resource, 'w2', key)
    const waitingFor = async (scanId: string) => (await journal.scan(scanId))?.waitingFor
    return { ...bench(), cache, owner, payer, waiter, claim, waitingFor }
  }

  describe('waits for the call of another attempt', () => {
    test('a claim of a question that another scan asks changes only waitingFor', async () => {
      const { journal, payer, waiter, claim, waitingFor } = await open('key-of-two')
      const before = await journal.scan(waiter)
      const outcome = await claim(waiter)
      expect(outcome).toMatchObject({ outcome: 'waiting', scanId: payer, waits: 1 })
      expect(await claim(waiter)).toMatchObject({ outcome: 'waiting', waits: 2 })
      await claim(waiter, SECOND)
      expect(await waitingFor(waiter)).toEqual({ scanId: payer, types: 2 })
      expect(await journal.scan(waiter)).toEqual({
        ...before,
        waitingFor: { scanId: payer, types: 2 },
      })
      expect(await journal.item(waiter, FIRST)).toMatchObject({
        status: 'queued',
        attempt: 0,
        attempts: [],
      })
      expect((await journal.events(waiter, 0, 10)).events.map(({ type }) => type)).not.toContain(
        'resource.started',
      )
    })

    test('an item that is claimed after its wait is no longer counted as waiting', async () => {
      const { cache, owner, waiter, claim, waitingFor } = await open('key-released')
      await claim(waiter)
      await claim(waiter, SECOND)
      await cache.release('key-released', owner)
      expect(await claim(waiter)).toMatchObject({ outcome: 'claimed', attempt: 1 })
      expect(await waitingFor(waiter)).toMatchObject({ types: 1 })
      expect(await claim(waiter, SECOND)).toMatchObject({ outcome: 'claimed' })
      expect(await waitingFor(waiter)).toBeNull()
    })

    test('an item whose answer was stored during its wait is claimed, except in a full scan', async () => {
      const { cache, journal, waiter, claim } = await open('key-stored')
      await cache.put('key-stored', makeStoredResult())
      expect(await claim(waiter)).toMatchObject({ outcome: 'claimed' })
      const full = await planned(journal, names(1), { mode: 'full' })
      expect(await claim(full)).toMatchObject({ outcome: 'waiting' })
    })

    test('a finished scan is not in waitingFor', async () => {
      const { journal, payer, waiter, claim, waitingFor } = await open('key-of-canceled')
      await claim(waiter)
      await journal.cancel(payer, 'me')
      expect(await waitingFor(waiter)).toBeNull()
      expect(await claim(waiter)).toMatchObject({ outcome: 'claimed' })
    })

    test('an item whose question is in the batch of another scan counts in waitingFor until its next claim', async () => {
      const { journal, payer, waiter, waitingFor } = await open('key-of-batch')
      const release = async (waitsFor?: string) => {
        const epoch = epochOf(await journal.claim(waiter, FIRST, 'w2'))
        expect(await waitingFor(waiter)).toBeNull()
        await journal.record(waiter, FIRST, epoch, { ...RELEASED, waitsFor })
      }
      await release(payer)
      expect(await waitingFor(waiter)).toEqual({ scanId: payer, types: 1 })
      expect(await journal.repair(waiter)).toEqual({ repaired: [] })
      expect(await waitingFor(waiter)).toEqual({ scanId: payer, types: 1 })
      await release()
      expect(await waitingFor(waiter)).toBeNull()
      await release(payer)
      await journal.cancel(payer, 'me')
      expect(await waitingFor(waiter)).toBeNull()
    })

    test('a second attempt of the same item waits and does not set waitingFor', async () => {
      const { payer, claim, waitingFor } = await open('key-of-own')
      expect(await claim(payer)).toMatchObject({ outcome: 'waiting', scanId: payer })
      expect(await waitingFor(payer)).toBeNull()
    })

    test('a paused scan has no waitingFor, and its waiting item is refused as paused', async () => {
      const { journal, waiter, claim, waitingFor } = await open('key-of-paused')
      await claim(waiter)
      await journal.pause(waiter, 'me', 'asked')
      expect(await waitingFor(waiter)).toBeNull()
      expect(await claim(waiter)).toMatchObject({ outcome: 'refused', because: 'paused' })
    })

    test('a canceled item is no longer counted as waiting, and a repair recounts waits', async () => {
      const { journal, redis, keys, payer, waiter, claim, waitingFor } = await open('key-repaired')
      await claim(waiter)
      await redis.hset(keys.scan(waiter), `waits:${payer}`, 7)
      await journal.repair(waiter)
      expect(await waitingFor(waiter)).toEqual({ scanId: payer, types: 1 })
      await journal.cancel(waiter, 'me')
      expect(await redis.hexists(keys.scan(waiter), `waits:${payer}`)).toBe(0)
    })
  })
}
