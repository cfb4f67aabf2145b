// What the stories of purchases share: choosing a product, and looking at the orders it led to.
import type { Page } from 'playwright-core'
import type { TestContext } from 'vitest'
import { button, onPayPage } from './shopper.js'
import type { Visitors } from './visitors.js'

/** The rows of the account's list of orders. */
export function purchasesOn(page: Page) {
  return page.getByRole('list', { name: 'Orders' }).getByRole('listitem')
}

export function usePurchases(visitors: Visitors) {
  /** Opens the product's page. */
  async function choose(page: Page, name: string): Promise<void> {
    const { id } = await visitors.shop.database.prisma.product.findFirstOrThrow({ where: { name } })
    await page.goto(`${visitors.shop.url}/pricing/${id}`)
  }

  return {
    choose,

    /** The shopper's orders, newest first. */
    ordersOf: (email: string) =>
      visitors.shop.database.prisma.order.findMany({
        where: { email },
        include: { attempts: true, purchases: true, mails: true },
        orderBy: { id: 'desc' },
      }),

    /** Goes from the product to Stripe's page. @returns its URL */
    purchase: async (page: Page, product: string): Promise<string> => {
      await choose(page, product)
      await button(page, 'Purchase').click()
      await onPayPage(page)
      return page.url()
    },

    /** A page of a shopper with a new account. */
    signedIn: async (test: TestContext): Promise<{ page: Page; email: string }> => {
      const page = await visitors.visit(test)
      return { page, email: await visitors.signIn(page) }
    },
  }
}
