import type { TestBrowser } from '@capstan/testkit/browser/launch-test-browser'

/** A tab of the browser under test. */
export type BrowserTab = TestBrowser['page']
