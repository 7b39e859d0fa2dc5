import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** Rules of WCAG 2.2 up to level AA, and structure that screen readers rely on. */
const RULES = {
  type: 'tag',
  values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
}
/** Only colours depend on the theme. */
const COLOURS = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] }

/**
 * Finds faults of the page as it is now: violations of accessibility rules in both themes, and content that is wider than
 * the window. Then the page has the light theme.
 */
export async function findPageFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  await page.emulateMedia({ colorScheme: 'dark' })
  const dark = await findViolations(page, COLOURS)
  await page.emulateMedia({ colorScheme: 'light' })
  const light = await findViolations(page, RULES)
  return [...dark.map((fault) => `dark theme: ${fault}`), ...light, ...(await findOverflow(page))]
}

/** A transition between two colours has a contrast of its own, so animations are brought to their end. */
async function findViolations(page: Page, runOnly: typeof RULES): Promise<string[]> {
  return page.evaluate<string[]>(`(async () => {
    for (const animation of document.getAnimations()) {
      if (animation.effect.getComputedTiming().endTime !== Infinity) animation.finish()
    }
    const { violations } = await axe.run(document, {
      runOnly: ${JSON.stringify(runOnly)},
      resultTypes: ['violations'],
    })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => id + ': ' + target.join(' ') + ': ' + failureSummary))
  })()`)
}

async function findOverflow(page: Page): Promise<string[]> {
  const wider = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  )
  return wider > 0 ? [`the page is ${wider} px wider than the window`] : []
}
