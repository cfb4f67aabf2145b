// What a signed-in shopper manages over HTTP: name, email, addresses, second factor, their data, and deleting the account.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { finishErasure } from '../../src/customers/finish-erasures.js'
import { updateDueCustomers } from '../../src/customers/update-customers.js'
import { depsOf, runCommand } from '../support/command.js'
import { AuthenticatorApp, secretIn } from '../support/operator.js'
import { openOrderOf, reportOfSession, settleReports } from '../support/settled-orders.js'
import { newShopper, PASSWORD, stranger, textOf, type Shopper } from '../support/shopper.js'
import { addVariedProduct } from '../support/variants.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop()
})
afterAll(() => shop.close())
beforeEach(() => shop.database.pool.query('DELETE FROM "RateLimit"'))

const prisma = () => shop.database.prisma
const userOf = (email: string) => prisma().user.findUniqueOrThrow({ where: { email } })
const form = (shopper: Shopper, path: string, fields: object) => shopper.post(path).type('form').send(fields)
const login = (email: string, visitor = stranger(shop.url)) =>
  form(visitor, '/login', { email, password: PASSWORD })
let number = 0
const newAddress = () => `new-${++number}@shopper.example`

/** The newest mail of this kind to this address, once it was put into words. */
async function mailTo(to: string, kind: 'email_change' | 'email_changed'): Promise<string> {
  const find = () => prisma().mail.findFirst({ where: { to, kind }, orderBy: { id: 'desc' } })
  await expect.poll(async () => (await find())?.sentAt ?? null, { timeout: 30_000 }).not.toBeNull()
  return (await find())?.text ?? ''
}
const linkIn = (text: string) => /\/email\/change\/[\w-]+/.exec(text)?.[0] ?? ''
const changeTo = (shopper: Shopper, email: string, currentPassword = PASSWORD) =>
  form(shopper, '/account/email', { email, currentPassword })

describe('the name', () => {
  it('is changed, and shown in the header', async () => {
    const { shopper } = await newShopper(shop.url)
    await form(shopper, '/account/name', { name: 'Grace <Hopper>' }).expect(303)
    expect((await shopper.get('/account').expect(200)).text).toContain('Grace &lt;Hopper&gt;</span>')
    const refused = await form(shopper, '/account/name', { name: ' ' }).expect(422)
    expect(refused.text).toMatch(
      /id="name"[^>]*aria-describedby="name-error"[^>]*aria-invalid="true"[^>]*autofocus/s,
    )
  })
})

describe('a new email', () => {
  it('counts once its owner has opened the link, joins their orders, and is told to the old one', async () => {
    const { shopper, email: old } = await newShopper(shop.url)
    const { id } = await userOf(old)
    const email = newAddress()
    await changeTo(shopper, email).expect(303)
    expect(textOf((await shopper.get('/account?done=email').expect(200)).text)).toContain(
      `Waiting for you to confirm ${email}.`,
    )
    await login(old).expect(303)
    await login(email).expect(401)

    const link = linkIn(await mailTo(email, 'email_change'))
    expect((await stranger(shop.url).get(link).expect(303)).headers['location']).toContain('/login?next=')
    const { shopper: other } = await newShopper(shop.url)
    const stranger403 = await other.post(link).expect(403)
    expect(stranger403.text).not.toContain(email)
    expect(textOf((await shopper.get(link).expect(200)).text)).toContain(`Use ${email} for your account?`)
    expect((await userOf(old)).id).toBe(id)
    const guestOrder = await openOrderOf(shop, old)
    await prisma().order.update({ where: { id: guestOrder.id }, data: { userId: null, email } })
    await settleReports(shop, reportOfSession(guestOrder, 'paid'))

    expect(textOf((await shopper.post(link).expect(200)).text)).toContain(`now uses ${email}`)
    expect(await userOf(email)).toMatchObject({ id, verifiedAt: expect.any(Date) as Date })
    expect(await prisma().order.findUnique({ where: { id: guestOrder.id } })).toMatchObject({ userId: id })
    await shopper.post(link).expect(410)
    await login(old).expect(401)
    await login(email).expect(303)
    expect(await mailTo(old, 'email_changed')).toContain('got another email')
  })

  it('needs the password, and an address that has no account', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const { email: taken } = await newShopper(shop.url)
    for (const [address, password, error] of [
      [newAddress(), 'wrong password', 'isn’t your current password'],
      [taken, PASSWORD, 'can’t be used for your account'],
      [email, PASSWORD, 'is your email already'],
      ['nonsense', PASSWORD, 'Enter a valid email'],
    ] as const)
      expect(textOf((await changeTo(shopper, address, password).expect(422)).text)).toContain(error)
    expect(await prisma().emailChange.count({ where: { user: { email } } })).toBe(0)
  })

  it('is refused when somebody registers with it meanwhile, and can be called off', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const taken = newAddress()
    await changeTo(shopper, taken).expect(303)
    const link = linkIn(await mailTo(taken, 'email_change'))
    await newShopper(shop.url, taken)
    expect(textOf((await shopper.post(link).expect(409)).text)).toContain('keeps its email')
    await shopper.post('/account/email/cancel').expect(303)
    await shopper.post(link).expect(410)
    await login(email).expect(303)
  })

  it('is told to Stripe', async () => {
    const { shopper, email: old } = await newShopper(shop.url)
    const deps = depsOf(shop)
    const customer = await deps.stripe.client.customers.create({ email: old, name: 'Ada Shopper' })
    await prisma().user.update({ where: { email: old }, data: { stripeCustomerId: customer.id } })
    const email = newAddress()
    await changeTo(shopper, email).expect(303)
    await shopper.post(linkIn(await mailTo(email, 'email_change'))).expect(200)
    while ((await updateDueCustomers(deps)) > 0);
    expect(await deps.stripe.client.customers.retrieve(customer.id)).toMatchObject({ email })
    expect((await userOf(email)).customerUpdateDueAt).toBeNull()
  })
})

describe('addresses', () => {
  const address = { name: 'Ada', line1: 'Quittenweg 9', city: 'Jena', postalCode: '07743', country: 'DE' }
  const save = (shopper: Shopper, fields: object, where = 'new') =>
    form(shopper, `/account/addresses/${where}`, { ...address, ...fields })
  const idsOn = async (shopper: Shopper) =>
    [...(await shopper.get('/account/addresses').expect(200)).text.matchAll(/addresses\/(\d+)"/g)].map(
      ([, id]) => String(id),
    )

  it('are saved, changed and removed; one of them is the default', async () => {
    const { shopper } = await newShopper(shop.url)
    await save(shopper, {}).expect(303)
    await save(shopper, { line1: '1 Mill Lane', country: 'GB', isDefault: 'on' }).expect(303)
    const [second = '', first = ''] = await idsOn(shopper)
    expect(textOf((await shopper.get('/account/addresses')).text)).toMatch(
      /1 Mill Lane.*United Kingdom Default.*Quittenweg 9.*07743 Jena/,
    )
    await save(shopper, { line1: 'Quittenweg 10' }, first).expect(303)
    expect((await shopper.get(`/account/addresses/${first}`).expect(200)).text).toContain(
      'value="Quittenweg 10"',
    )
    await shopper.post(`/account/addresses/${second}/remove`).expect(303)
    expect(textOf((await shopper.get('/account').expect(200)).text)).toContain('Quittenweg 10')
    expect(await prisma().address.findUnique({ where: { id: Number(first) } })).toMatchObject({
      isDefault: true,
    })
  })

  it('the default is where Stripe’s page offers to deliver to', async () => {
    const { shopper, email } = await newShopper(shop.url)
    await save(shopper, { line2: 'Hinterhaus' }).expect(303)
    const { id } = await prisma().product.findFirstOrThrow({ where: { stock: { gte: 10 } } })
    await form(shopper, `/checkout/${id}`, {}).expect(303)
    const { stripeCustomerId } = await userOf(email)
    const customer = () => shop.stripe.customers.retrieve(stripeCustomerId ?? '')
    expect(await customer()).toMatchObject({
      shipping: {
        name: 'Ada',
        address: {
          line1: 'Quittenweg 9',
          line2: 'Hinterhaus',
          city: 'Jena',
          postal_code: '07743',
          country: 'DE',
        },
      },
    })
    const [first = ''] = await idsOn(shopper)
    await save(shopper, { line1: '1 Mill Lane', country: 'GB', isDefault: 'on' }, first).expect(303)
    while ((await updateDueCustomers(depsOf(shop))) > 0);
    await expect
      .poll(async () => JSON.stringify(await customer()), { timeout: 30_000 })
      .toContain('"line1":"1 Mill Lane"')
    expect(JSON.stringify(await customer())).not.toContain('Hinterhaus')
    await shopper.post(`/account/addresses/${first}/remove`).expect(303)
    while ((await updateDueCustomers(depsOf(shop))) > 0);
    await expect.poll(async () => await customer(), { timeout: 30_000 }).toMatchObject({ shipping: null })
  })

  it('never clear what the shopper typed on Stripe’s page', async () => {
    const { shopper, email } = await newShopper(shop.url)
    await save(shopper, {}).expect(303)
    const { id } = await prisma().product.findFirstOrThrow({ where: { stock: { gte: 10 } } })
    await form(shopper, `/checkout/${id}`, {}).expect(303)
    const { stripeCustomerId } = await userOf(email)
    const customer = () => shop.stripe.customers.retrieve(stripeCustomerId ?? '')
    const typed = { name: 'Ada', address: { line1: 'Typed 1', city: 'Bern', country: 'CH' } }
    await shop.stripe.customers.update(stripeCustomerId ?? '', { shipping: typed })
    const [first = ''] = await idsOn(shopper)
    await shopper.post(`/account/addresses/${first}/remove`).expect(303)
    while ((await updateDueCustomers(depsOf(shop))) > 0);
    await form(shopper, '/account/name', { name: 'Ada Countess' }).expect(303)
    while ((await updateDueCustomers(depsOf(shop))) > 0);
    await expect
      .poll(async () => await customer(), { timeout: 30_000 })
      .toMatchObject({ name: 'Ada Countess', shipping: typed })
  })

  it('of others don’t exist', async () => {
    const { shopper } = await newShopper(shop.url)
    await save(shopper, {}).expect(303)
    const [id = ''] = await idsOn(shopper)
    const { shopper: other } = await newShopper(shop.url)
    await other.get(`/account/addresses/${id}`).expect(404)
    await save(other, { line1: 'Elsewhere' }, id).expect(404)
    await other.post(`/account/addresses/${id}/remove`).expect(303)
    await other.get('/account/addresses/nonsense').expect(404)
    expect(await idsOn(shopper)).toContain(id)
  })

  it('are refused field by field', async () => {
    const { shopper } = await newShopper(shop.url)
    const { text } = await save(shopper, { line1: ' ', country: 'QQ' }).expect(422)
    expect(text).toContain('id="line1-error"')
    expect(text).toContain('id="country-error"')
  })

  it('the default one’s country begins the checkout', async () => {
    const { shopper } = await newShopper(shop.url)
    const { id, variants } = await addVariedProduct(shop, ['Size'], [{ values: ['M'] }], {
      requiresShipping: true,
    })
    const path = `/checkout/${id}?variant_id=${variants['M']?.id}`
    await save(shopper, { country: 'FR' }).expect(303)
    expect((await shopper.get(path).expect(200)).text).toMatch(/<option value="FR" selected>/)
  })
})

describe('two-step sign-in', () => {
  async function withFactor() {
    const { shopper, email } = await newShopper(shop.url)
    const { text } = await shopper.get('/account/second-factor').expect(200)
    const sealed = /name="sealed" value="([^"]+)"/.exec(text)?.[1]
    const app = new AuthenticatorApp(secretIn(text))
    const setUp = (code: string, currentPassword = PASSWORD) =>
      form(shopper, '/account/second-factor', { sealed, code, currentPassword })
    await setUp(app.code(), 'wrong password').expect(422)
    await setUp('000000').expect(422)
    const codes = [...(await setUp(app.code()).expect(200)).text.matchAll(/<code>([a-z0-9-]+)<\/code>/g)]
    return { shopper, email, app, codes: codes.map(([, code]) => String(code)) }
  }
  const pendingIn = (text: string) => /name="pending" value="([^"]+)"/.exec(text)?.[1] ?? ''
  const enter = (visitor: Shopper, pending: string, code = '') =>
    form(visitor, '/login/code', { pending, code, next: '/account' })

  it('asks for a code after the password, and there is no session before it', async () => {
    const { email, codes } = await withFactor()
    const visitor = stranger(shop.url)
    const page = await login(email, visitor).expect(200)
    await visitor.get('/account').expect(303)
    const pending = pendingIn(page.text)
    await enter(visitor, pending, '000000').expect(422)
    await enter(visitor, `${pending}x`, codes[0]).expect(401)
    await enter(visitor, pending, codes[0]).expect(303)
    await visitor.get('/account').expect(200)
    await enter(stranger(shop.url), pending, codes[0]).expect(422)
  })

  it('a sign-in that waits for its code ends with the password', async () => {
    const { shopper, email, codes } = await withFactor()
    const pending = pendingIn((await login(email).expect(200)).text)
    const change = { currentPassword: PASSWORD, password: 'a brand new password' }
    await form(shopper, '/account/password', change).expect(303)
    await enter(stranger(shop.url), pending, codes[0]).expect(401)
  })

  it('the API needs the code too', async () => {
    const { email, codes } = await withFactor()
    const signIn = (code?: string) =>
      stranger(shop.url).post('/api/sign-in').send({ email, password: PASSWORD, code })
    expect((await signIn().expect(401)).body).toMatchObject({ code: 'code_required' })
    expect((await signIn('000000').expect(401)).body).toMatchObject({ code: 'wrong_code' })
    await signIn(codes[1]).expect(200)
  })

  it('is turned off with the password', async () => {
    const { shopper, email } = await withFactor()
    const off = (currentPassword: string) =>
      form(shopper, '/account/second-factor/remove', { currentPassword })
    await off('wrong password').expect(422)
    await off(PASSWORD).expect(303)
    await login(email).expect(303)
  })

  it('is turned off by command for whoever lost their app', async () => {
    const { email } = await withFactor()
    const { output } = await runCommand(shop, 'customers', 'remove-factor', email)
    expect(output).toBe(`${email} signs in with the password alone.`)
    await login(email).expect(303)
  })
})

describe('one’s data', () => {
  it('is downloaded, by its owner alone', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const order = await openOrderOf(shop, email)
    const { headers, body } = await shopper.get('/account/export').expect(200)
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['content-disposition']).toContain('my-data.json')
    expect(body).toMatchObject({ profile: { email }, orders: [{ key: order.key }], addresses: [] })
    expect(JSON.stringify(body)).not.toContain('passwordHash')
    await stranger(shop.url).get('/account/export').expect(303)
  })

  it('is erased with the account, also at Stripe and in mails to earlier addresses', async () => {
    const { shopper, email: old } = await newShopper(shop.url)
    const deps = depsOf(shop)
    const customer = await deps.stripe.client.customers.create({ email: old })
    await prisma().user.update({ where: { email: old }, data: { stripeCustomerId: customer.id } })
    const email = newAddress()
    await changeTo(shopper, email).expect(303)
    await shopper.post(linkIn(await mailTo(email, 'email_change'))).expect(200)
    await mailTo(old, 'email_changed')
    const { id } = await userOf(email)
    const erase = (currentPassword: string) => form(shopper, '/account/delete', { currentPassword })
    const order = await openOrderOf(shop, email)
    expect(textOf((await erase(PASSWORD).expect(409)).text)).toContain('An order isn’t paid yet')
    await prisma().order.update({ where: { id: order.id }, data: { status: 'expired' } })
    expect(textOf((await shopper.get('/account/delete').expect(200)).text)).toContain('Your saved cards')
    await erase('wrong password').expect(422)
    expect((await erase(PASSWORD).expect(303)).headers['location']).toBe('/account/deleted')
    await shopper.get('/account').expect(303)
    await login(email).expect(401)
    expect(await prisma().mail.count({ where: { to: { in: [old, email] } } })).toBe(0)
    expect(await prisma().emailChange.count({ where: { userId: id } })).toBe(0)
    expect(await finishErasure(deps, id)).toBe(true)
    expect(await deps.stripe.client.customers.retrieve(customer.id)).toMatchObject({ deleted: true })
  })
})
