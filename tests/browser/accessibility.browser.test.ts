import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { delivery, mails, tours, type Tour } from './tour.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } }
/** The smallest phones, or a desktop page at 400 % zoom. */
const NARROWEST = { width: 320, height: 640 }

/** Frames are checked as separate pages. */
const ALL_RULES = { rules: { 'target-size': { enabled: true } } }
/** Light and dark differ in colors only. */
const RULES_OF_COLOUR = { runOnly: ['color-contrast', 'link-in-text-block'] }

function axeProblems(page: Page, rules: object): Promise<string[]> {
  const options = JSON.stringify({ iframes: false, resultTypes: ['violations'], ...rules })
  return page.evaluate(`axe.run(${options}).then(({ violations }) => violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, any }) => [id, help, html.slice(0, 200), ...any.map(({ message }) => message)].join(' | '))))`)
}

/** @param sizeInDark the size at which the dark colors are checked; they are the same at every size */
async function problemsOf(page: Page, sizeInDark: keyof typeof SIZES): Promise<string[]> {
  const problems: string[] = []
  // A text can be there before the stylesheet.
  await page.waitForLoadState('load')
  const look = async (what: string, rules: object) =>
    problems.push(...(await axeProblems(page, rules)).map((problem) => `${what}: ${problem}`))
  for (const size of ['desktop', 'phone'] as const) {
    await page.setViewportSize(SIZES[size])
    await look(`${size}, light`, ALL_RULES)
    if (size !== sizeInDark) continue
    await page.emulateMedia({ colorScheme: 'dark' })
    await look(`${size}, dark`, RULES_OF_COLOUR)
    await page.emulateMedia({ colorScheme: 'light' })
  }
  await page.setViewportSize(NARROWEST)
  const width = await page.evaluate<number>('document.documentElement.scrollWidth')
  if (width > NARROWEST.width) problems.push(`needs ${width} pixels to a line`)
  return problems
}

it('every page passes axe in every state, theme and size', async (test) => {
  const problems: string[] = []
  const seen = new Set<string>()
  const walk = async (tour: Tour) => {
    const page = await visitors.visit(test, { colorScheme: 'light' })
    // Many pages share the processor.
    page.setDefaultTimeout(30_000)
    // Added by the browser, not by the page, whose Content Security Policy stays in force.
    await page.addInitScript(AXE)
    let inDark = false
    await tour(page, visitors.shop, async (name) => {
      seen.add(name)
      inDark = !inDark
      const found = await problemsOf(page, inDark ? 'desktop' : 'phone')
      problems.push(...found.map((problem) => `${name}, ${problem}`))
    })
  }
  await Promise.all(tours.map(walk))
  await walk(delivery)
  await walk(mails)
  expect(problems).toEqual([])
  expect(seen.size).toBeGreaterThan(50)
}, 300_000)
