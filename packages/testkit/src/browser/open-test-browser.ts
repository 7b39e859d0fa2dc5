import { onTestFinished } from '../on-test-finished.ts'
import { findBrowser, NO_BROWSER } from './find-browser.ts'
import {
  launchTestBrowser,
  type TestBrowser,
  type TestBrowserOptions,
} from './launch-test-browser.ts'

/** `skip` of the context of a test. */
export type SkipTest = (note: string) => never

/** Like launchTestBrowser; the browser is closed with the test. Without a browser the test is skipped. */
export async function openTestBrowser(
  origins: string | string[],
  skip: SkipTest,
  options?: TestBrowserOptions,
): Promise<TestBrowser> {
  const executable = (await findBrowser(process.env['PATH'])) ?? skip(NO_BROWSER)
  const browser = await launchTestBrowser(executable, origins, options)
  onTestFinished(() => browser[Symbol.asyncDispose]())
  return browser
}
