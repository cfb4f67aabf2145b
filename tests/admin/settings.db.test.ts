// The page with the settings: what it changes, refuses and keeps, and that every page follows within a second.
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSettings } from '../../src/settings/read-settings.js'
import type { Settings } from '../../src/settings/settings.js'
import { runCommand } from '../support/command.js'
import { newOperator } from '../support/operator.js'
import { auditOf, send } from '../support/operated-orders.js'
import { stranger, textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
let owner: Shopper
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
  owner = (await newOperator(shop, 'owner')).operator
})
afterAll(() => shop.close())

const PATH = '/admin/settings'
const settings = () => readSettings(shop.database.prisma)
const pricing = () => stranger(shop.url).get('/pricing')

/** The form as a browser sends it back. */
async function formFields(): Promise<Record<string, string>> {
  const { text } = await owner.get(PATH).expect(200)
  const form = text.slice(text.indexOf('action="/admin/settings"')).split('</form>')[0] ?? ''
  const fields: Record<string, string> = {}
  for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(tag)?.[1] ?? ''
    if (!tag.includes('type="checkbox"') || tag.includes(' checked'))
      fields[name] = /value="([^"]*)"/.exec(tag)?.[1] ?? ''
  }
  for (const [, name = '', value = ''] of form.matchAll(/<textarea[^>]*name="([^"]*)"[^>]*>([^<]*)</g))
    fields[name] = value
  for (const [, name = '', options = ''] of form.matchAll(
    /<select[^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/select/g,
  ))
    fields[name] = /value="([^"]*)" selected/.exec(options)?.[1] ?? ''
  return fields
}

describe('the page', () => {
  it('changes nothing when it is sent back as it is', async () => {
    const before = await settings()
    const { headers } = await send(owner, PATH, await formFields()).expect(303)
    expect(headers['location']).toBe(`${PATH}?done=same`)
    expect(await settings()).toEqual(before)
    // Fields that are not sent are not changed either.
    await send(owner, PATH, { name: 'Nothing was shown' }).expect(303)
    expect(await settings()).toEqual(before)
  })

  it('changes what was typed, and every page follows within a second', async () => {
    const changes: Record<string, string> = {
      ...{
        name: 'Mug & Co',
        supportEmail: 'help@mugs.example',
        companyLines: 'Mug Ltd\r\n\r\n1 High Street',
      },
      ...{ timeZone: 'Europe/Berlin', currency: 'EUR', guestCheckout: 'on', voucherDays: '5', tax: 'stripe' },
      ...{ apiOrigins: 'https://a.example\r\nhttps://b.example', pictureHosts: 'cdn.example' },
      ...{ accentLight: '#7a1f6a', accentDark: '' },
    }
    const { headers } = await send(owner, PATH, { ...(await formFields()), ...changes }).expect(303)
    expect(await settings()).toMatchObject({
      ...{ name: 'Mug & Co', supportEmail: 'help@mugs.example', companyLines: ['Mug Ltd', '1 High Street'] },
      ...{ timeZone: 'Europe/Berlin', currency: 'eur', guestCheckout: true, voucherDays: 5, tax: 'stripe' },
      ...{ apiOrigins: ['https://a.example', 'https://b.example'], accentLight: '#7a1f6a', accentDark: null },
    } satisfies Partial<Settings>)
    const after = textOf((await owner.get(headers['location'] ?? '')).text)
    expect(after).toContain('Every page uses it within a second.')
    expect(after).toContain('Stripe could not be asked whether Stripe Tax is ready')
    await expect.poll(async () => (await pricing()).text, { timeout: 30_000 }).toContain('Mug &amp; Co')
    const { text } = await pricing()
    const look = /href="(\/look\/[^"]+)"/.exec(text)?.[1] ?? ''
    const css = await stranger(shop.url).get(look).expect(200)
    expect(css.headers['content-type']).toContain('text/css')
    expect(css.headers['cache-control']).toContain('immutable')
    expect(css.text).toContain('--accent: #7a1f6a;')
    expect(css.text).not.toContain('dark')
    const mail = await owner.get('/admin/mails/preview/purchase_succeeded/html').expect(200)
    expect(mail.text).toContain('background:#7a1f6a;color:#ffffff;')
    expect(mail.text).not.toContain('#0e5a45')
    const other = look.replace(/[0-9a-f]{8}\.css/, '00000000.css')
    expect((await stranger(shop.url).get(other)).headers['cache-control']).toBe('no-cache')
    for (const bad of ['x.css', '7a1f6a-none.css', 'zzzzzz-none-00000000.css'])
      await stranger(shop.url).get(`/look/${bad}`).expect(404)
    expect(await auditOf(shop, 'setting', 'voucher-days')).toEqual(['setting.changed voucherDays'])

    const off: Record<string, string> = { ...(await formFields()), tax: 'none', accentLight: '' }
    delete off['guestCheckout']
    await send(owner, PATH, off).expect(303)
    expect(await settings()).toMatchObject({ guestCheckout: false, tax: 'none', accentLight: null })
  })

  it('saves nothing when a value does not fit, says what would, and keeps what was typed', async () => {
    const before = await settings()
    const wrong = { name: 'New name', voucherDays: '9', timeZone: 'Mars/Olympus', accentLight: '#ffee00' }
    const { text } = await send(owner, PATH, { ...(await formFields()), ...wrong }).expect(422)
    expect(textOf(text)).toContain('It is at most 7 days.')
    expect(textOf(text)).toContain('It is the name of a time zone')
    expect(textOf(text)).toMatch(/It has a contrast of 1\.\d to 1 and needs 4\.5 .* #[0-9a-f]{6} would do\./)
    for (const typed of Object.values(wrong)) expect(text).toContain(`value="${typed}"`)
    expect(await settings()).toEqual(before)
  })

  it('tells the second of two owners, and replaces nothing that they did not touch', async () => {
    const seen = await formFields()
    await runCommand(shop, 'settings', 'set', 'name', 'Theirs')
    await runCommand(shop, 'settings', 'set', 'return-days', '30')
    const late = await send(owner, PATH, { ...seen, name: 'Mine', voucherDays: '2' }).expect(422)
    expect(textOf(late.text)).toContain('It was changed meanwhile, to “Theirs”. Save again to replace that.')
    expect(late.text).toContain('value="Mine"')
    expect(await settings()).toMatchObject({ name: 'Theirs', voucherDays: 5 })
    await send(owner, PATH, { ...seen, seen_name: 'Theirs', name: 'Mine', voucherDays: '2' }).expect(303)
    expect(await settings()).toMatchObject({ name: 'Mine', voucherDays: 2, returnDays: 30 })
  })

  it('lines that one owner typed are not replaced by those of another', async () => {
    await runCommand(shop, 'settings', 'set', 'company', 'Mug Ltd', '1 High Street')
    const seen = { ...(await formFields()), companyLines: 'Mug Ltd\r\n1 High Street' }
    const theirs = { ...seen, companyLines: 'Mug Ltd\r\n2 High Street\r\nLondon' }
    await send(owner, PATH, theirs).expect(303)
    // Not touched: as the browser sends it back.
    await send(owner, PATH, { ...seen, voucherDays: '4' }).expect(303)
    const after = ['Mug Ltd', '2 High Street', 'London']
    expect(await settings()).toMatchObject({ companyLines: after, voucherDays: 4 })
    const late = await send(owner, PATH, { ...seen, companyLines: 'Mug Ltd\r\n3 High Street' }).expect(422)
    expect(textOf(late.text)).toContain('changed meanwhile, to “Mug Ltd / 2 High Street / London”.')
    expect(late.text).toContain('Mug Ltd\n3 High Street')
    expect((await settings()).companyLines).toEqual(after)
  })
})

describe('the logo', () => {
  const picture = (width: number) =>
    sharp({ create: { width, height: 80, channels: 4, background: '#7a1f6a80' } })
      .png()
      .toBuffer()
  const upload = (content: Buffer, name = 'logo.png') =>
    owner.post(`${PATH}/logo`).set('accept', 'text/html').attach('logo', content, name)

  it('is shown beside the name until it is removed', async () => {
    await upload(await picture(640)).expect(303)
    const { logo } = await settings()
    expect(logo).toMatch(/^\/pictures\/[0-9a-f]{32}-400\.webp$/)
    await expect
      .poll(async () => (await pricing()).text, { timeout: 30_000 })
      .toContain(`class="brand__logo" src="${logo}"`)
    const { body } = await stranger(shop.url)
      .get(logo ?? '')
      .buffer(true)
      .expect('content-type', 'image/webp')
    expect((await sharp(body as Buffer).metadata()).hasAlpha).toBe(true)
    expect(await shop.database.prisma.picture.count({ where: { kept: true } })).toBe(1)
    await send(owner, `${PATH}/logo/remove`).expect(303)
    expect((await settings()).logo).toBeNull()
  })

  it('is no script, nothing tiny, and not nothing', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    expect((await upload(svg, 'logo.svg').expect(422)).text).toContain('has a script in it')
    const tiny = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    expect((await upload(tiny).expect(422)).text).toContain('Each side needs 50 or more.')
    expect((await send(owner, `${PATH}/logo`).expect(422)).text).toContain('Choose a file first.')
    expect((await settings()).logo).toBeNull()
    expect((await runCommand(shop, 'settings', 'logo', '/nothing.png')).output).toContain('can’t be read')
    expect((await runCommand(shop, 'settings', 'logo', 'none')).output).toBe('The logo is removed.')
  })
})
