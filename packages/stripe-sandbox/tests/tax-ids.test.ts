// Tax IDs on the pay page and on customers, and the settings of Stripe Tax.
import type Stripe from 'stripe'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isTaxId, TAX_ID_TYPES } from '../src/money/tax-ids.js'
import { problemsIn, sdkTypes } from './support/conformance.js'
import {
  client,
  createSession,
  createWorld,
  errorOf,
  idOf,
  payByForm,
  postForm,
  type World,
} from './support/world.js'

let world: World
let stripe: Stripe

beforeAll(async () => {
  sdkTypes()
  world = await createWorld()
})
beforeEach(() => {
  // Each test has an account of its own.
  stripe = client(
    world.sandbox,
    `sk_test_${Math.random().toString(36).slice(2).padEnd(16, 'x')}`,
    world.bodies,
  )
})
afterAll(async () => {
  expect(problemsIn(world.bodies)).toEqual([])
  await world.close()
})

type Params = Partial<Stripe.Checkout.SessionCreateParams>
const asking: Params = { tax_id_collection: { enabled: true } }
const business = { business_name: 'Mugs GmbH', tax_id_type: 'eu_vat', tax_id: 'DE123456789' }
const german = { country: 'DE', postal_code: '10115' }
const taxed: Params = {
  ...asking,
  automatic_tax: { enabled: true },
  line_items: [
    {
      quantity: 1,
      price_data: {
        currency: 'eur',
        unit_amount: 2000,
        tax_behavior: 'exclusive',
        product_data: { name: 'Mug' },
      },
    },
  ],
}

async function problemsOf(answer: Response): Promise<Record<string, string>> {
  const page = await answer.text()
  return Object.fromEntries(
    [...page.matchAll(/class="problem" id="(\w+)-problem">([^<]+)</g)].map(([, name = '', text = '']) => [
      name,
      text,
    ]),
  )
}

describe('tax_id_collection', () => {
  test.each<[Params, object | undefined]>([
    [{}, undefined],
    [{ tax_id_collection: { enabled: false } }, { enabled: false, required: 'never' }],
    [asking, { enabled: true, required: 'never' }],
    [
      { tax_id_collection: { enabled: true, required: 'if_supported' } },
      { enabled: true, required: 'if_supported' },
    ],
  ])('%j is answered as %j', async (params, expected) => {
    expect((await createSession(stripe, params)).tax_id_collection).toEqual(expected)
  })

  test('a guest’s business name and tax ID are in the completed session', async () => {
    const session = await createSession(stripe, asking, 'eur')
    expect(await (await fetch(session.url ?? '')).text()).toContain('Business (optional)')
    expect((await payByForm(session.url, { ...german, ...business })).status).toBe(303)
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      customer: null,
      customer_details: {
        business_name: 'Mugs GmbH',
        name: 'Ada Lovelace',
        tax_ids: [{ type: 'eu_vat', value: 'DE123456789' }],
        tax_exempt: 'none',
      },
      collected_information: { business_name: 'Mugs GmbH', individual_name: null, shipping_details: null },
    })
  })

  test('a private customer leaves the fields empty', async () => {
    const session = await createSession(stripe, asking)
    expect((await payByForm(session.url)).status).toBe(303)
    const { customer_details: details } = await stripe.checkout.sessions.retrieve(session.id)
    expect(details).toMatchObject({ business_name: null, tax_ids: [] })
  })

  test('a session that does not ask ignores the fields', async () => {
    const session = await createSession(stripe)
    await payByForm(session.url, business)
    const { customer_details: details } = await stripe.checkout.sessions.retrieve(session.id)
    expect(details).toMatchObject({ business_name: null, tax_ids: [] })
  })

  test.each<[Record<string, string>, string[]]>([
    [{ business_name: '' }, ['business_name']],
    [{ tax_id: '' }, ['tax_id']],
    [{ tax_id_type: '' }, ['tax_id_type']],
    [{ tax_id: 'DE12345678' }, ['tax_id']],
    [{ tax_id_type: 'gb_vat' }, ['tax_id']],
  ])('%j is a mistake', async (changes, fields) => {
    const session = await createSession(stripe, asking)
    const answer = await payByForm(session.url, { ...business, ...changes })
    expect(answer.status).toBe(422)
    expect(Object.keys(await problemsOf(answer))).toEqual(fields)
    expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('open')
  })

  test('if_supported: required only where the country has tax IDs', async () => {
    const required: Params = { tax_id_collection: { enabled: true, required: 'if_supported' } }
    const session = await createSession(stripe, required)
    expect(Object.keys(await problemsOf(await payByForm(session.url, german)))).toEqual([
      'business_name',
      'tax_id',
    ])
    expect((await payByForm(session.url, { country: 'KW', postal_code: '' })).status).toBe(303)
  })

  test('a session’s new customer is named after the business and keeps the tax ID', async () => {
    const session = await createSession(stripe, { ...asking, customer_creation: 'always' })
    await payByForm(session.url, { ...german, ...business })
    const customer = idOf((await stripe.checkout.sessions.retrieve(session.id)).customer)
    expect(await stripe.customers.retrieve(customer)).toMatchObject({ name: 'Mugs GmbH' })
    expect((await stripe.customers.listTaxIds(customer)).data).toMatchObject([
      { type: 'eu_vat', value: 'DE123456789', country: 'DE', customer },
    ])
    expect((await stripe.events.list({ type: 'customer.tax_id.created' })).data).toHaveLength(1)
  })

  test('a known customer must allow the changes, and is not asked twice', async () => {
    const { id: customer } = await stripe.customers.create({ email: 'ada@example.com', name: 'Ada' })
    const known = (customer_update?: Stripe.Checkout.SessionCreateParams.CustomerUpdate): Params => ({
      ...asking,
      customer,
      customer_email: undefined as never,
      ...(customer_update ? { customer_update } : {}),
    })
    expect((await errorOf(createSession(stripe, known()))).message).toContain(
      'please set `customer_update[name]` to `auto`',
    )
    expect((await errorOf(createSession(stripe, known({ name: 'auto' })))).message).toBe(
      'We could not find a valid address on the provided customer. To enable tax ID collection, please set `customer_update[address]` to `auto`.',
    )
    const session = await createSession(stripe, known({ name: 'auto', address: 'auto' }))
    await payByForm(session.url, { ...german, ...business })
    expect(await stripe.customers.retrieve(customer)).toMatchObject({
      name: 'Mugs GmbH',
      address: { country: 'DE' },
    })
    const again = await createSession(stripe, known({ name: 'auto' }))
    expect(again.customer_details?.tax_ids).toEqual([{ type: 'eu_vat', value: 'DE123456789' }])
    expect(await (await fetch(again.url ?? '')).text()).not.toContain('name="tax_id"')
    await payByForm(again.url, { tax_id: 'DE999999999', tax_id_type: 'eu_vat', business_name: 'Other' })
    expect((await stripe.checkout.sessions.retrieve(again.id)).customer_details).toMatchObject({
      tax_ids: [{ value: 'DE123456789' }],
    })
  })

  test('is refused in setup mode', async () => {
    const error = await errorOf(
      stripe.checkout.sessions.create({
        ...asking,
        mode: 'setup',
        currency: 'usd',
        success_url: 'http://127.0.0.1:3000/done',
      }),
    )
    expect(error.param).toBe('tax_id_collection')
  })
})

describe('reverse charge', () => {
  test('a foreign business pays no tax, and sees that before it pays', async () => {
    const session = await createSession(stripe, taxed)
    const surprised = await payByForm(session.url, { ...german, ...business, expected_amount: '2380' })
    expect(surprised.status).toBe(409)
    expect(await surprised.text()).toContain('reverse charge')
    expect((await payByForm(session.url, { ...german, ...business, expected_amount: '2000' })).status).toBe(
      303,
    )
    expect(
      await stripe.checkout.sessions.retrieve(session.id, { expand: ['total_details.breakdown'] }),
    ).toMatchObject({
      amount_total: 2000,
      automatic_tax: { status: 'complete' },
      total_details: { amount_tax: 0, breakdown: { taxes: [{ taxability_reason: 'reverse_charge' }] } },
    })
  })

  test('the script of the page asks for the tax while the customer types', async () => {
    const session = await createSession(stripe, taxed)
    const post = async (fields: Record<string, string>): Promise<number | null> => {
      await postForm(`${session.url ?? ''}/tax`, { country: 'DE', ...fields })
      return (await stripe.checkout.sessions.retrieve(session.id)).amount_total
    }
    expect(await post({})).toBe(2380)
    expect(await post({ ...business, tax_id: 'DE12' })).toBe(2380)
    expect(await post(business)).toBe(2000)
    expect(await post({ ...business, tax_id: '' })).toBe(2380)
  })

  test.each<[string, Record<string, string>, Stripe.AddressParam, number]>([
    ['at home', business, { country: 'DE' }, 2380],
    ['in another country of the Union', business, { country: 'FR' }, 2000],
    ['elsewhere', { ...business, tax_id_type: 'us_ein', tax_id: '12-3456789' }, { country: 'FR' }, 2380],
  ])('a German business with a shop %s', async (_, fields, address, total) => {
    await stripe.tax.settings.update({ head_office: { address } })
    const session = await createSession(stripe, taxed)
    await payByForm(session.url, { ...german, ...fields })
    expect((await stripe.checkout.sessions.retrieve(session.id)).amount_total).toBe(total)
  })
})

describe('the format of tax IDs', () => {
  test.each(Object.entries(TAX_ID_TYPES))('%s: its example is valid', (type, { example }) => {
    expect(isTaxId({ type: type as 'eu_vat', value: example })).toBe(true)
    expect(isTaxId({ type: type as 'eu_vat', value: `${example}00` })).toBe(false)
  })

  test.each<[string, string, boolean]>([
    ['eu_vat', 'ATU12345678', true],
    ['eu_vat', 'AT12345678', false],
    ['eu_vat', 'EL123456789', true],
    ['eu_vat', 'fr ab 123456789', true],
    ['eu_vat', 'NL123456789B12', true],
    ['eu_vat', 'GB123456789', false],
    ['gb_vat', 'GBGD123', true],
    ['ch_vat', 'CHE123456789TVA', true],
    ['ch_vat', 'CHE-123.456.789', false],
    ['no_vat', '123456789', false],
    ['us_ein', '123456789', true],
    ['in_gst', '12ABCDE3456FGYH', false],
    ['nz_gst', '12345678', true],
  ])('%s %s: %s', (type, value, valid) => {
    expect(isTaxId({ type: type as 'eu_vat', value })).toBe(valid)
  })
})

test('tax IDs of customers are created, listed, retrieved and deleted', async () => {
  const { id } = await stripe.customers.create({ name: 'Mugs AS' })
  const born = await stripe.customers.create({
    tax_id_data: [{ type: 'au_abn', value: '12345678912' }],
    expand: ['tax_ids'],
  })
  expect(born.tax_ids?.data).toMatchObject([{ type: 'au_abn', country: 'AU' }])
  const wrong = await errorOf(stripe.customers.create({ tax_id_data: [{ type: 'au_abn', value: '1' }] }))
  expect(wrong).toMatchObject({ code: 'tax_id_invalid', param: 'tax_id_data[0][value]' })
  const error = await errorOf(stripe.customers.createTaxId(id, { type: 'no_vat', value: '1' }))
  expect(error).toMatchObject({ code: 'tax_id_invalid', param: 'value' })
  const made = await stripe.customers.createTaxId(id, { type: 'no_vat', value: '123456789MVA' })
  expect(await stripe.customers.retrieveTaxId(id, made.id)).toMatchObject({ country: 'NO', customer: id })
  expect((await stripe.customers.listTaxIds(id)).data).toHaveLength(1)
  expect((await stripe.customers.deleteTaxId(id, made.id)).deleted).toBe(true)
  expect((await stripe.customers.listTaxIds(id)).data).toEqual([])
  expect((await errorOf(stripe.customers.retrieveTaxId(id, made.id))).statusCode).toBe(404)
})

describe('tax settings', () => {
  test('are active from the start, and their defaults can be changed', async () => {
    const settings = await stripe.tax.settings.retrieve()
    expect(settings).toMatchObject({
      object: 'tax.settings',
      status: 'active',
      defaults: { tax_behavior: 'inferred_by_currency' },
      head_office: { address: { country: 'US' } },
    })
    expect(settings).not.toHaveProperty('id')
    const plain: Params = { ...taxed, line_items: undefined as never }
    const total = async (): Promise<number | null> => {
      const session = await createSession(
        stripe,
        {
          ...plain,
          line_items: [
            {
              quantity: 1,
              price_data: { currency: 'eur', unit_amount: 1190, product_data: { name: 'Mug' } },
            },
          ],
        },
        'eur',
      )
      await postForm(`${session.url ?? ''}/tax`, { country: 'DE' })
      return (await stripe.checkout.sessions.retrieve(session.id)).amount_total
    }
    expect(await total()).toBe(1190)
    const changed = await stripe.tax.settings.update({
      defaults: { tax_behavior: 'exclusive', tax_code: 'txcd_99999999' },
    })
    expect(changed.defaults).toEqual({
      provider: 'stripe',
      tax_behavior: 'exclusive',
      tax_code: 'txcd_99999999',
    })
    expect(await total()).toBe(1416)
    expect((await stripe.events.list({ type: 'tax.settings.updated' })).data[0]?.data).toMatchObject({
      object: { object: 'tax.settings' },
      previous_attributes: { defaults: { tax_behavior: 'inferred_by_currency' } },
    })
  })

  test('an incomplete head office makes automatic tax impossible', async () => {
    const pending = await stripe.tax.settings.update({ head_office: { address: { country: 'US' } } })
    expect(pending).toMatchObject({
      status: 'pending',
      status_details: { pending: { missing_fields: ['head_office'] } },
    })
    const error = await errorOf(createSession(stripe, taxed))
    expect(error.statusCode).toBe(400)
    expect(error.message).toContain(
      'You must have a valid head office address to enable automatic tax calculation in test mode.',
    )
    expect((await createSession(stripe, asking)).status).toBe('open')
    const { status } = await stripe.tax.settings.update({ head_office: { address: { country: 'DE' } } })
    expect(status).toBe('active')
    expect((await createSession(stripe, taxed)).automatic_tax.enabled).toBe(true)
  })
})
