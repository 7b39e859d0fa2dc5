import { AsyncLocalStorage } from 'node:async_hooks'
import { onTestFinished as onCurrentTestFinished, type TestContext } from 'vitest'

/** The test that the calling code belongs to. Vitest knows only the last one that started. */
export const testContext = new AsyncLocalStorage<Pick<TestContext, 'onTestFinished'>>()

/** Runs `handler` when the calling test ends, also when tests of the file run at the same time. */
export function onTestFinished(handler: () => unknown): void {
  const register = testContext.getStore()?.onTestFinished ?? onCurrentTestFinished
  register(async () => {
    await handler()
  })
}
