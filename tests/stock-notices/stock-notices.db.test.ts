// Who waits for something that is sold out gets one mail when it is back, and can end it.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { deleteExpiredRows } from '../../src/background/expired-rows.js'
import { sendDueNotices } from '../../src/stock-notices/send-notices.js'
import { newShopper, stranger, textOf } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { addVariedProduct, type VariedProduct } from '../support/variants.js'

let shop: TestShop
let shirt: VariedProduct
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
  shirt = await addVariedProduct(shop, ['Size'], [{ values: ['S'] }, { values: ['L'], stock: 0 }])
})
afterAll(() => shop.close())

const large = () => shirt.variants['L']?.id ?? 0
const ask = (who: ReturnType<typeof stranger>, form: object) =>
  who
    .post(`/pricing/${shirt.id}/notices`)
    .type('form')
    .send({ variant_id: large(), ...form })
const setStock = (stock: number) =>
  shop.database.prisma.variant.update({ where: { id: large() }, data: { stock } })
const mailsTo = (to: string) =>
  shop.database.prisma.mail.findMany({ where: { kind: 'back_in_stock', to }, orderBy: { id: 'asc' } })
const sent = async (to: string, count: number) => {
  await expect
    .poll(async () => (await mailsTo(to)).filter(({ sentAt }) => sentAt !== null).length, { timeout: 30_000 })
    .toBe(count)
  return (await mailsTo(to))[count - 1]
}

it('a guest and a shopper who ask are told once, and again when they ask again', async () => {
  const { prisma } = shop.database
  const guest = stranger(shop.url)
  const { shopper, email } = await newShopper(shop.url)
  const page = textOf((await guest.get(`/pricing/${shirt.id}?variant=${large()}`).expect(200)).text)
  expect(page).toContain('Get an email when it’s back')
  const asked = await ask(guest, { email: ' Guest@Wait.Example ' }).expect(303)
  expect(asked.headers['location']).toBe(`/pricing/${shirt.id}?variant=${large()}&notice`)
  expect(textOf((await guest.get(asked.headers['location'] ?? '')).text)).toContain(
    'We’ll email you when it’s back',
  )
  await ask(guest, { email: 'guest@wait.example' }).expect(303)
  // The address of the account, whatever is sent.
  await ask(shopper, { email: 'somebody@else.example' }).expect(303)
  expect(await prisma.stockNotice.count()).toBe(2)

  await setStock(3)
  for (const to of ['guest@wait.example', email]) await sent(to, 1)
  expect(await mailsTo('somebody@else.example')).toEqual([])
  await setStock(0)
  await setStock(3)
  await sendDueNotices(prisma)
  expect(await mailsTo('guest@wait.example')).toHaveLength(1)

  await setStock(0)
  await ask(guest, { email: 'guest@wait.example' }).expect(303)
  await setStock(1)
  await sent('guest@wait.example', 2)
})

it('what is sold again before the mail is written tells nobody yet', async () => {
  const { prisma } = shop.database
  await setStock(0)
  await ask(stranger(shop.url), { email: 'late@wait.example' }).expect(303)
  await prisma.$transaction(async (tx) => {
    await tx.variant.update({ where: { id: large() }, data: { stock: 1 } })
    await tx.variant.update({ where: { id: large() }, data: { stock: 0 } })
  })
  await sendDueNotices(prisma)
  expect(await mailsTo('late@wait.example')).toEqual([])
  await setStock(2)
  const mail = await sent('late@wait.example', 1)
  const html = mail?.html ?? ''
  expect(mail?.subject).toBe('Back in stock: Linen shirt – L')
  const link = /\/stock-notices\/[\w-]{43}/.exec(html)?.[0] ?? ''
  expect(link).not.toBe('')

  await setStock(0)
  await ask(stranger(shop.url), { email: 'late@wait.example' }).expect(303)
})

it('the mail’s link ends all notices to its address, on a page or by the mail program', async () => {
  const { prisma } = shop.database
  await setStock(0)
  await ask(stranger(shop.url), { email: 'end@wait.example' }).expect(303)
  await setStock(1)
  const mail = await sent('end@wait.example', 1)
  const path = /\/stock-notices\/[\w-]{43}/.exec(mail?.text ?? '')?.[0] ?? ''
  const reader = stranger(shop.url)
  const { text, headers } = await reader.get(path).expect(200)
  expect(textOf(text)).toContain('Stop emails about stock?')
  expect(headers['referrer-policy']).toBe('strict-origin')
  expect(await prisma.stockNotice.count({ where: { email: 'end@wait.example' } })).toBe(1)
  await reader.post(path).type('form').send({ 'List-Unsubscribe': 'One-Click' }).expect(200)
  expect(await prisma.stockNotice.count({ where: { email: 'end@wait.example' } })).toBe(0)
  await reader.get(path).expect(410)
})

it('refuses what is no address, and too many', async () => {
  const guest = stranger(shop.url)
  for (const email of ['', 'nobody', 'a@b', undefined]) await ask(guest, { email }).expect(400)
  await guest.post('/pricing/999999/notices').type('form').send({ email: 'a@wait.example' }).expect(404)
  const { text } = await ask(guest, { email: 'nobody' }).set('accept', 'text/html')
  expect(textOf(text)).toContain('That isn’t an email address')
})

it('old ones are forgotten', async () => {
  const { prisma } = shop.database
  const days = (count: number) => new Date(Date.now() - count * 24 * 60 * 60 * 1000)
  await prisma.stockNotice.deleteMany()
  await prisma.stockNotice.createMany({
    data: [
      { variantId: large(), email: 'sent@old.example', createdAt: days(40), sentAt: days(31) },
      { variantId: large(), email: 'sent@new.example', createdAt: days(40), sentAt: days(29) },
      { variantId: large(), email: 'waits@old.example', createdAt: days(366) },
      { variantId: large(), email: 'waits@new.example', createdAt: days(300) },
    ],
  })
  await deleteExpiredRows(prisma)
  const left = await prisma.stockNotice.findMany({ orderBy: { id: 'asc' } })
  expect(left.map(({ email }) => email)).toEqual(['sent@new.example', 'waits@new.example'])
})
