// Policies: written by owners and by command, read by visitors, accepted by shoppers.
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { acceptedTerms } from '../../src/policies/accepted-terms.js'
import { readSettings } from '../../src/settings/read-settings.js'
import { OWN_TERMS } from '../../src/settings/settings.js'
import { checkoutFields } from '../support/checkout-page.js'
import { runCommand } from '../support/command.js'
import { newOperator } from '../support/operator.js'
import { auditOf, hiddenFields, send } from '../support/operated-orders.js'
import { newShopper, stranger, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
let owner: Shopper
beforeAll(async () => {
  shop = await startTestShop()
  owner = (await newOperator(shop, 'owner')).operator
})
afterAll(() => shop.close())

const PATH = '/admin/policies'
const publicPage = (address: string) => stranger(shop.url).get(address)
const revisionOf = async (slug: string) =>
  hiddenFields((await owner.get(`${PATH}/${slug}`).expect(200)).text, `${PATH}/${slug}`)['revision'] ?? ''

async function publish(slug: string, markdown: string): Promise<void> {
  const saved = await send(owner, `${PATH}/${slug}`, { markdown, revision: await revisionOf(slug) })
  expect([saved.status, saved.headers['location']]).toEqual([303, `${PATH}/${slug}/preview`])
  const preview = await owner.get(`${PATH}/${slug}/preview`).expect(200)
  await send(owner, `${PATH}/${slug}/publish`, hiddenFields(preview.text, `${PATH}/${slug}/publish`)).expect(
    303,
  )
}

describe('a policy', () => {
  it('is unknown until it is published, linked then, and keeps its versions', async () => {
    await publicPage('/pages/privacy').expect(404)
    await send(owner, `${PATH}/privacy`, { markdown: '## Data\n\nNone.', revision: '0' }).expect(303)
    await publicPage('/pages/privacy').expect(404)
    const preview = await owner.get(`${PATH}/privacy/preview`).expect(200)
    expect(preview.text).toContain('<h2>Data</h2>')
    expect(preview.text).toContain('Publish version 1')
    await send(owner, `${PATH}/privacy/publish`, { revision: '1' }).expect(303)
    await expect
      .poll(async () => (await publicPage('/pricing')).text, { timeout: 30_000 })
      .toContain('<a href="/pages/privacy">Privacy</a>')
    expect((await publicPage('/pages/privacy').expect(200)).text).toContain('Version 1, published on')

    await publish('privacy', 'Still **none**.')
    await expect
      .poll(async () => (await publicPage('/pages/privacy')).text, { timeout: 30_000 })
      .toContain('Still <strong>none</strong>.')
    const first = await publicPage('/pages/privacy/versions/1').expect(200)
    expect(first.text).toContain('This version was replaced.')
    expect(first.headers['x-robots-tag']).toBe('noindex')
    for (const unknown of ['3', '0', '01', '1e0', '9'.repeat(9)])
      await publicPage(`/pages/privacy/versions/${unknown}`).expect(404)
    await publicPage('/pages/imprint').expect(404)

    await send(owner, `${PATH}/privacy/withdraw`).expect(303)
    await expect.poll(async () => (await publicPage('/pages/privacy')).status, { timeout: 30_000 }).toBe(404)
    expect((await publicPage('/pages/privacy/versions/2').expect(200)).text).toContain('no longer in force')
    await expect
      .poll(async () => (await publicPage('/pricing')).text, { timeout: 30_000 })
      .not.toContain('/pages/privacy')
    expect(await auditOf(shop, 'policy', 'privacy')).toEqual([
      'policy.drafted draft',
      'policy.published version 1',
      'policy.drafted draft',
      'policy.published version 2',
      'policy.withdrawn',
    ])
  })

  it('is kept when it can’t be saved, and when another owner was faster', async () => {
    const empty = await send(owner, `${PATH}/contact`, { markdown: ' ', revision: '0' }).expect(422)
    expect(empty.text).toContain('Write the text first.')
    const long = await send(owner, `${PATH}/contact`, {
      markdown: 'ü'.repeat(200_001),
      revision: '0',
    }).expect(422)
    expect(long.text).toContain('The text has 200,001 characters. It can have 200,000.')
    await send(owner, `${PATH}/contact`, { markdown: 'x'.repeat(3_000_000), revision: '0' }).expect(413)

    const { operator: other } = await newOperator(shop, 'owner')
    const seen = await revisionOf('contact')
    await send(other, `${PATH}/contact`, { markdown: 'Call <us>.', revision: seen }).expect(303)
    const late = await send(owner, `${PATH}/contact`, { markdown: 'Write to us.', revision: seen }).expect(
      409,
    )
    expect(late.text).toContain('Call &lt;us&gt;.')
    expect(late.text).toContain('Write to us.')
    // A form that is wrong stays as old as it was.
    const wrong = await send(owner, `${PATH}/contact`, { markdown: ' ', revision: seen }).expect(422)
    expect(hiddenFields(wrong.text, `${PATH}/contact`)['revision']).toBe(seen)
    const fields = hiddenFields(late.text, `${PATH}/contact`)
    // The preview that another owner has open is not what would be published.
    const stale = hiddenFields((await other.get(`${PATH}/contact/preview`)).text, `${PATH}/contact/publish`)
    await send(owner, `${PATH}/contact`, { markdown: 'Write to us.', ...fields }).expect(303)
    const refused = await send(other, `${PATH}/contact/publish`, stale).expect(409)
    expect(refused.text).toContain('Somebody changed the draft')
    expect(refused.text).toContain('Write to us.')
    const { draft, published } = await shop.database.prisma.policy.findUniqueOrThrow({
      where: { slug: 'contact' },
    })
    expect([draft, published]).toEqual(['Write to us.', null])
    await send(owner, `${PATH}/contact/discard`, { revision: await revisionOf('contact') }).expect(303)
    await send(owner, `${PATH}/contact/publish`, { revision: await revisionOf('contact') }).expect(409)
  })

  it('is published once by two clicks', async () => {
    await send(owner, `${PATH}/returns`, {
      markdown: 'Fourteen days.',
      revision: await revisionOf('returns'),
    })
    const fields = hiddenFields((await owner.get(`${PATH}/returns/preview`)).text, `${PATH}/returns/publish`)
    const answers = await Promise.all([1, 2].map(() => send(owner, `${PATH}/returns/publish`, fields)))
    expect(answers.map(({ status }) => status)).toContain(303)
    expect(await shop.database.prisma.policyVersion.count({ where: { slug: 'returns' } })).toBe(1)
  })
})

describe('terms', () => {
  const settings = () => readSettings(shop.database.prisma)

  it('are what shoppers accept from then on, and an order’s text can be found', async () => {
    await publish('terms', 'Be kind.')
    const { termsUrl, termsVersion } = await settings()
    expect([termsUrl, termsVersion]).toEqual([OWN_TERMS, expect.stringMatching(/^1 of \d{4}-\d\d-\d\d$/)])
    const { shopper, email } = await newShopper(shop.url)
    const product = await shop.database.prisma.product.findFirstOrThrow({ where: { currency: 'usd' } })
    await expect
      .poll(async () => (await shopper.get(`/checkout/${product.id}`)).text, { timeout: 30_000 })
      .toContain('href="/pages/terms"')
    const quote = await stranger(shop.url)
      .post('/api/delivery-quotes')
      .send({ items: [{ product_id: product.id, quantity: 1 }] })
    expect(quote.body.terms).toEqual({ url: `${shop.url}/pages/terms`, version: termsVersion })
    const fields = checkoutFields((await shopper.get(`/checkout/${product.id}`)).text)
    const body = { ...fields, accepted_terms: termsVersion ?? '' }
    const paying = await shopper.post(`/checkout/${product.id}`).type('form').send(body).expect(303)
    expect(paying.headers['location']).toContain('/c/pay/')
    const order = await shop.database.prisma.order.findFirstOrThrow({ where: { email } })

    await publish('terms', 'Be very kind.')
    expect((await acceptedTerms(shop.database.prisma, order.termsVersion))?.markdown).toBe('Be kind.')
    expect((await owner.get(`/admin/orders/${order.key}`)).text).toContain('href="/pages/terms/versions/1"')
    expect(await acceptedTerms(shop.database.prisma, '1')).toBeNull()
    expect(await acceptedTerms(shop.database.prisma, '1 of 2020-01-01')).toBeNull()
    expect(await acceptedTerms(shop.database.prisma, null)).toBeNull()
  })

  it('of another site have a version of their own', async () => {
    const other = 'https://terms.example/'
    const refused = await runCommand(shop, 'settings', 'set', 'terms-version', '2027')
    expect([refused.code, refused.output]).toEqual([
      1,
      expect.stringContaining('follows the terms that you publish'),
    ])
    await runCommand(shop, 'settings', 'set', 'terms-url', other)
    expect(await settings()).toMatchObject({ termsUrl: other, termsVersion: null })
    await runCommand(shop, 'settings', 'set', 'terms-version', '2027')
    expect((await owner.get(PATH)).text).toContain(other)
    // Withdrawing our own says nothing about others.
    await send(owner, `${PATH}/terms/withdraw`).expect(303)
    expect(await settings()).toMatchObject({ termsUrl: other, termsVersion: '2027' })
    await publish('terms', 'Be kinder.')
    expect(await settings()).toMatchObject({ termsUrl: OWN_TERMS })
    await send(owner, `${PATH}/terms/withdraw`).expect(303)
    expect(await settings()).toMatchObject({ termsUrl: null, termsVersion: null })
  })
})

it('npm run policies does what the pages do', async () => {
  const policies = (...words: string[]) => runCommand(shop, 'policies', ...words)
  const file = path.join(tmpdir(), `till-policy-${process.pid}.md`)
  writeFileSync(file, 'By mail.\r\n')
  expect((await policies('publish', 'contact', file)).output).toBe(
    `Published version 1: ${shop.url}/pages/contact`,
  )
  expect((await policies('list')).output).toMatch(/^contact +1 +20/m)
  expect((await policies('versions', 'contact')).output).toMatch(/^1 +20/m)
  expect((await policies('show', 'contact')).output).toBe('By mail.\n')
  expect((await policies('show', 'contact', '--version', '2')).output).toBe('“contact” has no version 2.')
  expect((await policies('withdraw', 'contact')).code).toBe(0)
  expect((await policies('withdraw', 'contact')).output).toBe('It is not published.')
  expect((await policies('publish', 'imprint', file)).output).toContain('One of terms, privacy')
  expect((await policies('publish', 'contact', `${file}.none`)).output).toContain('can’t be read')
  writeFileSync(file, '\n')
  expect((await policies('publish', 'contact', file)).output).toBe('Write the text first.')
})
