// One shop and one Chromium per test file, and visitors with their own browser profiles that report errors.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, type TestContext } from 'vitest'
import type { Sandbox } from 'stripe-sandbox'
import { startTestShop, type TestShop } from '../support/shop.js'
import { PASSWORD } from '../support/shopper.js'
import { openChromium } from '../support/chromium/chromium.js'
import { watch, type Faults } from './page-faults.js'
import { newAddress } from './shopper.js'

export interface Visitors {
  shop: TestShop & { sandbox: Sandbox }
  /** Opens a page in a new profile, for one test. Errors not visible on the page fail the test. */
  visit(test: TestContext, options?: BrowserContextOptions): Promise<Page>
  /** Creates an account for the page's profile by a direct request. @returns its email address */
  signIn(page: Page): Promise<string>
  /** Errors in the page so far, for a test that expects them. */
  takeFaults(page: Page): string[]
}

/** Call once at the top of a test file. @param environment the shop's, besides what it needs */
export function useVisitors(environment: NodeJS.ProcessEnv = {}): Visitors {
  let shop: TestShop | undefined
  let browser: Browser | undefined
  const watched = new WeakMap<object, Faults>()
  const takeFaults = (page: Page) => watched.get(page.context())?.take() ?? []

  beforeAll(async () => {
    shop = await startTestShop({
      environment: { OPERATOR_EMAIL: 'operator@till.example', ...environment },
      settings: { promotionCodes: true },
      // Enough to see the page before, on a busy machine.
      delayedMethodSeconds: 10,
    })
    browser = await openChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await shop?.close()
  })

  return {
    get shop() {
      if (!shop?.sandbox) throw new Error('The shop is not open yet.')
      return { ...shop, sandbox: shop.sandbox }
    },
    async visit(test, options) {
      if (!browser) throw new Error('The browser is not open yet.')
      const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
      context.setDefaultTimeout(60_000)
      watched.set(context, watch(context))
      const page = await context.newPage()
      test.onTestFinished(async () => {
        if (test.task.result?.state === 'fail') console.error(await whatIsSeen(page))
        await context.close()
        expect(takeFaults(page)).toEqual([])
      })
      return page
    },
    async signIn(page) {
      const email = newAddress()
      const form = { name: 'Ada Shopper', email, password: PASSWORD }
      const answer = await page.request.post(`${shop?.url ?? ''}/register`, { form, maxRedirects: 0 })
      expect(answer.status()).toBe(303)
      return email
    },
    takeFaults,
  }
}

/** Printed when a test fails. */
async function whatIsSeen(page: Page): Promise<string> {
  const text = page.isClosed() ? 'is closed' : await page.locator('body').innerText().catch(String)
  return `The page ${page.url()}:\n${text}`
}
