// A shopper whose browser prefers German, far from the shop's time zone: from the list to the receipt by mail.
import { expect, it } from 'vitest'
import { addAxe, problemsOf } from './axe.js'
import { button, heading, link, onPayPage, payByCard } from './shopper.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()

it('a shopper buys in German', async (test) => {
  const page = await visitors.visit(test, {
    locale: 'de-AT',
    timezoneId: 'Asia/Tokyo',
    viewport: { width: 320, height: 640 },
  })
  await addAxe(page)
  const { url } = visitors.shop
  const email = await visitors.signIn(page)
  await page.goto(`${url}/pricing`)
  await page.getByText('Diese Seite gibt es auf Deutsch.').waitFor()
  const looks = [
    { size: 'phone', colorScheme: 'light' },
    { size: 'desktop', colorScheme: 'dark' },
  ] as const
  expect(await problemsOf(page, looks)).toEqual([])
  await button(page, 'Auf Deutsch ansehen').click()
  await page.waitForURL(`${url}/de/pricing`)
  await heading(page, 'Für Schreibtisch und Küche')
  expect(await page.locator('html').getAttribute('lang')).toBe('de')
  expect(await page.getByText('Diese Seite gibt es auf Deutsch.').count()).toBe(0)

  await link(page, 'Paper lantern').first().click()
  await page.waitForURL(`${url}/de/pricing/*`)
  expect(await problemsOf(page, looks)).toEqual([])
  await button(page, 'Jetzt kaufen').click()
  await onPayPage(page)
  await payByCard(page, '4242 4242 4242 4242')
  await heading(page, 'Vielen Dank für Ihre Bestellung')
  await link(page, 'Bestellung ansehen').click()
  await page.waitForURL(`${url}/de/orders/*`)
  expect(await problemsOf(page, looks)).toEqual([])

  const { prisma } = visitors.shop.database
  const order = await prisma.order.findFirstOrThrow({ where: { email } })
  const inTokyo = new Intl.DateTimeFormat('de-DE', {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: 'Asia/Tokyo',
  }).format(order.createdAt)
  await page.getByText(inTokyo).first().waitFor()

  const mail = () => prisma.mail.findFirst({ where: { orderId: order.id, sentAt: { not: null } } })
  await expect
    .poll(async () => (await mail())?.subject, { timeout: 30_000 })
    .toMatch(/^Ihre Bestellung .* ist bezahlt$/)
  expect((await mail())?.html).toContain(`${url}/de/orders/${order.key}`)

  await page.goto(`${url}/de/account/orders`)
  await button(page, 'English').click()
  await page.waitForURL(`${url}/account/orders`)
  await heading(page, 'Your orders')
})
