import { expect, test } from 'vitest'
import { findPageFaults } from '@capstan/testkit/browser/find-page-faults'
import type { TestBrowser } from '@capstan/testkit/browser/launch-test-browser'
import { openTestBrowser } from '@capstan/testkit/browser/open-test-browser'
import { createSilentLog } from '@capstan/testkit/create-silent-log'
import { onTestFinished } from '@capstan/testkit/on-test-finished'
import { parseTokens } from '../../src/access/tokens.ts'
import { openDashboardFiles } from '../../src/dashboard/dashboard-files.ts'
import { startRig } from '../support/api-rig.ts'
import { literalClusters } from '../support/literal-clusters.ts'
import { ADMIN_TOKEN, startOidcRig } from '../support/oidc-rig.ts'
import { startOidcProvider } from '../support/start-oidc-provider.ts'

type Page = TestBrowser['page']

const VIEWER_TOKEN = 'viewer-token-0123456789abcdef'
const TOKENS = parseTokens(`boss:admin:${ADMIN_TOKEN},view:read:${VIEWER_TOKEN}`)

/** The built dashboard, below the path prefix `/capstan`, with an issuer and two tokens. */
async function startLoginRig() {
  const issuer = await startOidcProvider()
  const files = openDashboardFiles(undefined, createSilentLog())
  onTestFinished(() => files.close())
  const rig = await startOidcRig(
    { issuer: issuer.url, scopes: 'openid profile groups' },
    { tokens: TOKENS, dashboard: files, ...literalClusters(['Kafka']) },
  )
  issuer.redirectUri(`${rig.publicUrl}/api/v1/session/oidc/callback`)
  issuer.user = { sub: 'u-1', preferred_username: 'ada', groups: ['sre'] }
  return { issuer, rig }
}

async function sendToken(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token').fill(token)
  await page.getByRole('button', { name: 'Log in with a token' }).click()
}

const awaitPage = (page: Page, name: string) =>
  page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
const logOut = (page: Page) => page.getByRole('button', { name: 'Log out' }).click()
const newScan = (page: Page) => page.getByRole('button', { name: 'New scan' })

test('below a path prefix a person logs in by token and by OpenID Connect, returns to the asked page, has the role, and logs out', async ({
  skip,
}) => {
  const { issuer, rig } = await startLoginRig()
  const browser = await openTestBrowser([rig.url, issuer.url], skip)
  const { page, faults } = browser

  await page.goto(`${rig.publicUrl}/`)
  await awaitPage(page, 'Log in to Capstan')
  await sendToken(page, 'a wrong token of 24 letters')
  await page.getByRole('alert').waitFor()
  expect(await findPageFaults(page)).toEqual([])
  await sendToken(page, VIEWER_TOKEN)
  await awaitPage(page, 'Scans')
  await page.getByText('token:view (viewer)').waitFor()
  expect(await newScan(page).count()).toBe(0)
  await logOut(page)
  await awaitPage(page, 'Log in to Capstan')
  await page.reload()
  await awaitPage(page, 'Log in to Capstan')

  await page.goto(`${rig.publicUrl}/ui/queues?x=1`)
  await page.getByRole('link', { name: 'Log in with your account' }).click()
  await awaitPage(page, 'Queues and workers')
  expect(page.url()).toBe(`${rig.publicUrl}/ui/queues?x=1`)
  await page.getByText('oidc:ada (operator)').waitFor()
  await newScan(page).waitFor()

  // Another tab has the session. The stream of events ends it there too.
  const other = await browser.newTab()
  await other.goto(`${rig.publicUrl}/ui/scans`)
  await awaitPage(other, 'Scans')
  await logOut(page)
  await awaitPage(page, 'Log in to Capstan')
  await awaitPage(other, 'Log in to Capstan')
  expect(faults).toEqual([])
})

test('without a dashboard a person logs in with a form that needs no scripts, also after a wrong token', async ({
  skip,
}) => {
  const rig = await startRig({
    tokens: TOKENS,
    dashboard: { state: () => ({ status: 'absent', because: 'no disk space' }) },
  })
  const { page, faults } = await openTestBrowser(rig.url, skip, { javaScript: false })
  await page.goto(`${rig.url}/queues/`)
  await awaitPage(page, 'Log in to Capstan')
  const send = async (token: string): Promise<void> => {
    await page.getByLabel('Token').fill(token)
    await page.getByRole('button', { name: 'Log in' }).click()
  }
  await send('a wrong token of 24 letters')
  await page.getByRole('alert').getByText('The token is unknown').waitFor()
  await send(VIEWER_TOKEN)
  // Bull Board is for operators.
  await page.getByText('FORBIDDEN').waitFor()
  expect(page.url()).toBe(`${rig.url}/queues/`)
  await page.goto(`${rig.url}/`)
  await awaitPage(page, 'There is no dashboard')
  await page.context().clearCookies()
  await page.goto(`${rig.url}/queues/`)
  await send(ADMIN_TOKEN)
  await page.waitForURL(`${rig.url}/queues/`)
  expect(await page.title()).toContain('Capstan')
  expect(faults).toEqual([])
})
