// Looks at every page of the tours with axe.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { expect, type TestContext } from 'vitest'
import type { Tour } from './tour.js'
import type { Visitors } from './visitors.js'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } }
/** The smallest phones, or a desktop page at 400 % zoom. */
const NARROWEST = { width: 320, height: 640 }

/** Frames are checked as separate pages. */
const ALL_RULES = { rules: { 'target-size': { enabled: true } } }
/** Light and dark differ in colors only. */
const RULES_OF_COLOR = { runOnly: ['color-contrast', 'link-in-text-block'] }

function axeProblems(page: Page, rules: object): Promise<string[]> {
  const options = JSON.stringify({ iframes: false, resultTypes: ['violations'], ...rules })
  return page.evaluate(`axe.run(${options}).then(({ violations }) => violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, any }) => [id, help, html.slice(0, 200), ...any.map(({ message }) => message)].join(' | '))))`)
}

/** How a page is looked at: its size, and in light or dark. */
export interface Look {
  size: keyof typeof SIZES
  colorScheme: 'light' | 'dark'
  /** Only what depends on colors. */
  onlyColors?: boolean
}

/** Lets pages that are opened from now on be looked at. Added by the browser: their Content Security Policy stays in force. */
export async function addAxe(page: Page): Promise<void> {
  await page.addInitScript(AXE)
}

export async function problemsOf(page: Page, looks: readonly Look[]): Promise<string[]> {
  const problems: string[] = []
  // A text can be there before the stylesheet.
  await page.waitForLoadState('load')
  for (const { size, colorScheme, onlyColors } of looks) {
    await page.setViewportSize(SIZES[size])
    await page.emulateMedia({ colorScheme })
    const found = await axeProblems(page, onlyColors ? RULES_OF_COLOR : ALL_RULES)
    problems.push(...found.map((problem) => `${size}, ${colorScheme}: ${problem}`))
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(NARROWEST)
  const width = await page.evaluate<number>('document.documentElement.scrollWidth')
  if (width > NARROWEST.width) problems.push(`needs ${width} pixels to a line`)
  return problems
}

/**
 * Walks tours, one after the other: pages of several at once would only wait for each other.
 * @param looksAt how to look at a page: `number` counts the pages of a tour
 * @param least pages that the tours have
 */
export async function expectNoProblems(
  test: TestContext,
  visitors: Visitors,
  tours: readonly Tour[],
  looksAt: (number: number) => readonly Look[],
  least: number,
): Promise<void> {
  const problems: string[] = []
  const seen = new Set<string>()
  for (const tour of tours) {
    const page = await visitors.visit(test, { colorScheme: 'light' })
    await addAxe(page)
    let number = 0
    await tour(page, visitors.shop, async (name) => {
      seen.add(name)
      const found = await problemsOf(page, looksAt(number++))
      problems.push(...found.map((problem) => `${name}, ${problem}`))
    })
  }
  expect(problems).toEqual([])
  expect(seen.size).toBeGreaterThan(least)
}
