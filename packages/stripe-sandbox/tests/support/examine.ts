// Checks pages for accessibility with axe.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface AxeResults {
  violations: { id: string; nodes: { html: string }[] }[]
}

export interface Examiner {
  /** Checks the current page: axe in light and dark, and whether it fits the screen. */
  examine(name: string): Promise<void>
  /** The problems found since the last call. */
  take(): string[]
}

export async function createExaminer(page: Page): Promise<Examiner> {
  // Injected by the browser, so the page's own policy stays in force.
  await page.addInitScript(axe)
  const found: string[] = []
  const run = async (name: string, options: object): Promise<void> => {
    const { violations } = await page.evaluate(
      (given) =>
        (globalThis as unknown as { axe: { run: (o: object) => Promise<AxeResults> } }).axe.run(given),
      options,
    )
    for (const { id, nodes } of violations) found.push(`${name}: ${id} ${nodes[0]?.html ?? ''}`)
  }
  return {
    async examine(name) {
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
      await run(name, {})
      // Only the colors differ.
      await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
      await run(`${name}, dark`, { runOnly: ['color-contrast'] })
      const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
      if (wide) found.push(`${name}: wider than the screen`)
    },
    take: () => found.splice(0),
  }
}
