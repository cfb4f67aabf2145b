// Who runs the shop: by command, by invitation, and on the page for owners.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newOperator, newOperatorWithApp } from '../support/operator.js'
import { runCommand } from '../support/command.js'
import { newShopper, PASSWORD, stranger, textOf } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
})
afterAll(() => shop.close())
// Every test has the owners it makes.
beforeEach(() => shop.database.prisma.user.updateMany({ data: { role: 'shopper' } }))

const operators = (...words: string[]) => runCommand(shop, 'operators', ...words)
const roleOf = async (email: string) =>
  (await shop.database.prisma.user.findUniqueOrThrow({ where: { email } })).role
const audited = async (actor: { actorId: number } | { actor: string }, action: string) =>
  shop.database.prisma.auditEntry.count({ where: { ...actor, action } })
const linkIn = (text: string) => /\/operators\/invitation\/[\w-]+/.exec(text)?.[0] ?? ''
const mailedLink = async (to: string) => {
  const { data } = await shop.database.prisma.mail.findFirstOrThrow({
    where: { to, kind: 'operator_invited' },
    orderBy: { id: 'desc' },
  })
  return linkIn(JSON.stringify(data))
}

describe('npm run operators', () => {
  it('makes the first owner of an account that confirmed its address', async () => {
    expect((await operators()).output).toContain('There are no operators.')
    const { shopper, email } = await newShopper(shop.url)
    await shop.database.prisma.user.update({ where: { email }, data: { verifiedAt: new Date() } })
    expect(await operators('add', email.toUpperCase(), '--owner')).toEqual({
      code: 0,
      output: `${email} is an owner now.`,
    })
    await shopper.get('/admin').expect(200)
    expect((await operators('list')).output).toMatch(new RegExp(`${email} +owner +20.+none`))
    expect(await audited({ actor: 'command' }, 'operator.role_changed')).toBeGreaterThan(0)
  })

  it('invites an address without an account, and one that nobody confirmed', async () => {
    const { email } = await newShopper(shop.url)
    for (const address of ['new@operators.example', email]) {
      const { code, output } = await operators('add', address, '--owner')
      expect([code, linkIn(output)]).toEqual([0, await mailedLink(address)])
    }
    expect(await roleOf(email)).toBe('shopper')
    expect((await operators('list')).output).toMatch(/new@operators\.example +owner +invited until/)
    expect((await operators('remove', 'new@operators.example')).output).toContain('withdrawn')
    expect((await operators('remove', 'new@operators.example')).code).toBe(1)
  })

  it('changes roles, resets factors and removes, but not the last owner', async () => {
    const { email, id } = await newOperatorWithApp(shop, 'owner')
    expect((await operators('role', email, 'operator')).output).toContain('last owner')
    expect((await operators('remove', email)).output).toContain('last owner')
    await newOperator(shop, 'owner')
    expect((await operators('reset-factor', email)).code).toBe(0)
    expect(await shop.database.prisma.secondFactor.count({ where: { userId: id } })).toBe(0)
    expect(await shop.database.prisma.recoveryCode.count({ where: { userId: id } })).toBe(0)
    expect((await operators('role', email, 'operator')).output).toBe(`${email} is an operator now.`)
    expect((await operators('remove', email)).code).toBe(0)
    expect(await roleOf(email)).toBe('shopper')
    for (const words of [
      ['remove', email],
      ['role', email, 'owner'],
      ['reset-factor', email],
    ])
      expect((await operators(...words)).output).toContain('There is no operator')
  })

  it.each([
    [['add'], 'Which email address?'],
    [['add', 'nobody'], '"nobody" is not an email address.'],
    [['role', 'a@b.example', 'king'], 'There is no operator'],
    [['remove', 'a@b.example', '--owner'], '"remove" takes no --owner.'],
  ])('refuses %j', async (words, message) => {
    const { code, output } = await operators(...words)
    expect([code, output]).toEqual([1, expect.stringContaining(message)])
  })

  it('keeps an owner when two remove each other at once', async () => {
    const [first, second] = [await newOperator(shop, 'owner'), await newOperator(shop, 'owner')]
    const codes = await Promise.all(
      [first, second].map(async ({ email }) => (await operators('remove', email)).code),
    )
    expect(codes.sort()).toEqual([0, 1])
  })
})

describe('an invitation', () => {
  const invite = async (email: string, ...options: string[]) =>
    linkIn((await operators('invite', email, ...options)).output)

  it('makes a new account an operator, once', async () => {
    const link = await invite('grace@operators.example')
    const visitor = stranger(shop.url)
    expect((await visitor.get(link).expect(200)).text).toContain('grace@operators.example')
    const bad = await visitor.post(link).type('form').send({ name: 'Grace', password: 'short' }).expect(422)
    expect(bad.text).toContain('value="Grace"')
    await visitor.post(link).type('form').send({ name: 'Grace', password: PASSWORD }).expect(303)
    await visitor.get('/admin').expect(200)
    expect(await roleOf('grace@operators.example')).toBe('operator')
    const { id } = await shop.database.prisma.user.findUniqueOrThrow({
      where: { email: 'grace@operators.example' },
    })
    expect(await audited({ actorId: id }, 'operator.role_changed')).toBe(1)
    await stranger(shop.url).get(link).expect(410)
    await stranger(shop.url).post(link).type('form').send({ name: 'Eve', password: PASSWORD }).expect(410)
  })

  it('makes the account of its address an operator, which must be signed in', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const { shopper: other } = await newShopper(shop.url)
    const link = await invite(email, '--owner')
    expect((await stranger(shop.url).get(link).expect(200)).text).toContain(
      `/login?next=${encodeURIComponent(link)}`,
    )
    await stranger(shop.url).post(link).type('form').send({ name: 'Eve', password: PASSWORD }).expect(200)
    await other.get(link).expect(403)
    await other.post(link).expect(403)
    expect(await roleOf(email)).toBe('shopper')
    await shopper.post(link).expect(303).expect('location', '/admin')
    expect(await roleOf(email)).toBe('owner')
  })

  it('stops working when it expires, is withdrawn or sent anew', async () => {
    const first = await invite('ivy@operators.example')
    const second = await invite('ivy@operators.example')
    await stranger(shop.url).get(first).expect(410)
    await stranger(shop.url).get(second).expect(200)
    await shop.database.prisma.operatorInvitation.updateMany({
      where: { email: 'ivy@operators.example' },
      data: { expiresAt: new Date() },
    })
    await stranger(shop.url).post(second).type('form').send({ name: 'Ivy', password: PASSWORD }).expect(410)
  })

  it('is refused for someone who is an operator', async () => {
    const { email } = await newOperator(shop)
    expect((await operators('invite', email)).output).toContain('is an operator already')
  })

  it('is mailed', async () => {
    const link = await invite('mail@operators.example')
    const mail = () => shop.database.prisma.mail.findFirstOrThrow({ where: { to: 'mail@operators.example' } })
    await stranger(shop.url).post('/logout')
    await expect.poll(async () => (await mail()).sentAt).not.toBeNull()
    expect((await mail()).subject).toBe('Help run Till')
    const { text, html } = await mail()
    expect([text, html]).toEqual([expect.stringContaining(link), expect.stringContaining(link)])
  })
})

describe('the page', () => {
  it.each(['role', 'remove'])('keeps an owner when two use %s on each other at once', async (what) => {
    for (let round = 0; round < 3; round++) {
      await shop.database.prisma.user.updateMany({ data: { role: 'shopper' } })
      const [first, second] = [await newOperator(shop, 'owner'), await newOperator(shop, 'owner')]
      const answers = await Promise.all(
        [[first, second] as const, [second, first] as const].map(([by, of]) =>
          by.operator.post(`/admin/operators/${of.id}/${what}`).type('form').send({ role: 'operator' }),
        ),
      )
      expect(answers.map(({ status }) => status)).toContain(303)
      // The other waited for the locks, or was no owner any more when its request arrived.
      for (const { status } of answers) expect([303, 403, 404, 409]).toContain(status)
      expect(await shop.database.prisma.user.count({ where: { role: 'owner' } })).toBe(1)
    }
  })

  it('is for owners', async () => {
    const { operator, id } = await newOperator(shop)
    expect((await operator.get('/admin/operators').expect(403)).text).toContain('Ask an owner')
    await operator.post(`/admin/operators/${id}/role`).type('form').send({ role: 'owner' }).expect(403)
    expect((await operator.get('/admin')).text).not.toContain('href="/admin/operators"')
  })

  it('invites, and says what is wrong with an address', async () => {
    const { operator, id } = await newOperator(shop, 'owner')
    const send = (fields: object) => operator.post('/admin/operators/invitations').type('form').send(fields)
    const bad = await send({ email: 'nobody', role: 'owner' }).expect(422)
    expect(bad.text).toMatch(/value="nobody".*aria-describedby="email-error"/)
    const forged = await send({ email: 'page@operators.example', role: 'king' }).expect(422)
    expect(textOf(forged.text)).toContain('The role is operator or owner.')
    await send({ email: 'Page@Operators.example', role: 'operator' }).expect(303)
    const { text } = await operator.get('/admin/operators?done=invited').expect(200)
    expect(text).toContain('page@operators.example, operator')
    expect(text).toContain('on its way')
    expect(await audited({ actorId: id }, 'operator.invited')).toBe(1)
    const { subjectId } = await shop.database.prisma.auditEntry.findFirstOrThrow({
      where: { actorId: id, action: 'operator.invited' },
    })
    expect(subjectId).toMatch(/^[0-9a-f]{16}$/)
    await operator
      .post('/admin/operators/invitations/withdraw')
      .type('form')
      .send({ email: 'page@operators.example' })
      .expect(303)
    expect((await operator.get('/admin/operators')).text).not.toContain('page@operators.example')
  })

  it('changes a role', async () => {
    const { operator, id } = await newOperator(shop, 'owner')
    const other = await newOperator(shop)
    const change = (role: string) =>
      operator.post(`/admin/operators/${other.id}/role`).type('form').send({ role })
    await change('owner').expect(303)
    expect(await roleOf(other.email)).toBe('owner')
    await change('king').expect(400)
    expect(await audited({ actorId: id }, 'operator.role_changed')).toBe(1)
  })

  it('resets a factor, which signs its owner out', async () => {
    const { operator, id } = await newOperator(shop, 'owner')
    const other = await newOperatorWithApp(shop)
    await operator.post(`/admin/operators/${other.id}/reset-factor`).expect(303)
    await other.operator.get('/admin').expect(404)
    expect(await audited({ actorId: id }, 'operator.factor_reset')).toBe(1)
  })

  it('removes an operator at once', async () => {
    const { operator } = await newOperator(shop, 'owner')
    const other = await newOperator(shop)
    await other.operator.get('/admin').expect(200)
    await operator.post(`/admin/operators/${other.id}/remove`).expect(303)
    await other.operator.get('/admin').expect(404)
  })

  it('refuses shoppers, unknown accounts and the last owner', async () => {
    const { operator, id, email } = await newOperator(shop, 'owner')
    const { email: shopperEmail } = await newShopper(shop.url)
    const shopper = await shop.database.prisma.user.findUniqueOrThrow({ where: { email: shopperEmail } })
    for (const other of [shopper.id, 999_999, 'x', -1, 99_999_999_999])
      for (const action of ['remove', 'role', 'reset-factor'])
        await operator
          .post(`/admin/operators/${other}/${action}`)
          .type('form')
          .send({ role: 'owner' })
          .expect(404)
    await operator.post(`/admin/operators/${id}/remove`).expect(409)
    await operator.post(`/admin/operators/${id}/role`).type('form').send({ role: 'operator' }).expect(409)
    expect(await roleOf(email)).toBe('owner')
    expect(await roleOf(shopperEmail)).toBe('shopper')
  })
})
