// Products in the admin: adding, editing at the same time, pictures, stock.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newOperator } from '../support/operator.js'
import { photo, pngBomb, SVG_WITH_SCRIPT } from '../support/pictures.js'
import { stranger, textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { addVariedProduct } from '../support/variants.js'

const MINUTES = 300_000

let shop: TestShop
let operator: Shopper

beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
  operator = (await newOperator(shop)).operator
}, MINUTES)
afterAll(() => shop.close())

const SHIRTS = [{ values: ['S'] }, { values: ['M'] }] as const

const newShirt = () => addVariedProduct(shop, ['Size'], [{ values: ['S'] }, { values: ['M'] }])

const productOf = (id: number) =>
  shop.database.prisma.product.findUniqueOrThrow({
    where: { id },
    include: { variants: { orderBy: { position: 'asc' } }, pictures: { orderBy: { position: 'asc' } } },
  })

/** The fields of the page's form as a browser would send them. */
async function formOf(id: number, by = operator): Promise<Record<string, string>> {
  const { text } = await by.get(`/admin/products/${id}`).expect(200)
  const [, form = ''] = /<form[^>]*enctype[^>]*>([\s\S]*?)<\/form>/.exec(text) ?? []
  const unescaped = (value: string) =>
    value.replaceAll('&#34;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&amp;', '&')
  const fields: Record<string, string> = {}
  for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
    const name = / name="([^"]+)"/.exec(tag)?.[1]
    if (name === undefined || tag.includes('type="file"')) continue
    if (!tag.includes('type="checkbox"')) fields[name] = unescaped(/ value="([^"]*)"/.exec(tag)?.[1] ?? '')
    else if (tag.includes(' checked')) fields[name] = 'on'
  }
  for (const [, name = '', value = ''] of form.matchAll(/<textarea id="[^"]+" name="([^"]+)"[^>]*>([^<]*)</g))
    fields[name] = unescaped(value)
  for (const [, name = '', choices = ''] of form.matchAll(
    /<select name="([^"]+)"[^>]*>([\s\S]*?)<\/select>/g,
  ))
    fields[name] = unescaped(/<option value="([^"]*)" selected/.exec(choices)?.[1] ?? '')
  return fields
}

function send(path: string, fields: Record<string, string>, files: [Buffer, string][] = [], by = operator) {
  const sending = by.post(path)
  for (const [name, value] of Object.entries(fields)) void sending.field(name, value)
  for (const [content, name] of files) void sending.attach('files', content, name)
  return sending
}

describe('a new product', () => {
  const fields = {
    ...{ name: 'Tin lantern', summary: 'For the garden.', description: '', category: 'Garden' },
    ...{ specifications: 'Material: Tin', options: 'Size: Small, Large', price: '24.50', currency: 'usd' },
    ...{ stock: '7', active: 'on' },
  }

  it('is in the shop at once, with its variants and pictures', { timeout: MINUTES }, async () => {
    const pictures: [Buffer, string][] = [
      [await photo('png', { color: '#884422' }), 'front.png'],
      [await photo('jpeg', { color: '#224488' }), 'side.jpg'],
    ]
    const { headers } = await send('/admin/products/new', fields, pictures).expect(303)
    const id = Number(/products\/(\d+)/.exec(String(headers['location']))?.[1])
    const { variants, pictures: stored, image } = await productOf(id)
    expect(
      variants.map(({ optionValues, unitAmount, stock }) => [...optionValues, unitAmount, stock]),
    ).toEqual([
      ['Small', 2450, 7],
      ['Large', 2450, 7],
    ])
    expect(stored.map(({ alt }) => alt)).toEqual(['Tin lantern', 'Tin lantern'])
    expect(image).toBe(stored[0]?.image)
    const { text } = await stranger(shop.url).get(`/pricing/${id}`).expect(200)
    expect(textOf(text)).toContain('Material Tin')
    const addresses = [...text.matchAll(/\/pictures\/[0-9a-f]{32}-\d+\.(?:webp|jpg)/g)].map(
      ([address]) => address,
    )
    expect(new Set(addresses).size).toBe(12)
    for (const address of new Set(addresses)) {
      const file = await stranger(shop.url).get(address).expect(200)
      expect(file.headers).toMatchObject({
        'content-type': address.endsWith('webp') ? 'image/webp' : 'image/jpeg',
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'cross-origin',
      })
      expect(file.headers['set-cookie']).toBeUndefined()
      await stranger(shop.url).get(address).set('If-None-Match', String(file.headers['etag'])).expect(304)
    }
  })

  it(
    'is one product however often its form is sent, and a changed form is another',
    { timeout: MINUTES },
    async () => {
      const { text } = await operator.get('/admin/products/new').expect(200)
      const [, key = ''] = /name="key" value="([^"]+)"/.exec(text) ?? []
      const form = { ...fields, name: 'Paper lantern', key }
      const picture: [Buffer, string] = [await photo('jpeg', { color: '#552211' }), 'front.jpg']
      const twice = await Promise.all(
        [form, form].map((sent) => send('/admin/products/new', sent, [picture]).expect(303)),
      )
      const again = await send('/admin/products/new', form, [picture]).expect(303)
      const places = [...twice, again].map(({ headers }) => String(headers['location']))
      expect(new Set(places).size).toBe(1)
      const { pictures } = await productOf(Number(/products\/(\d+)/.exec(places[0] ?? '')?.[1]))
      expect(pictures).toHaveLength(1)
      await send('/admin/products/new', { ...form, price: '30' }, [picture]).expect(303)
      const where = { name: 'Paper lantern' }
      expect(await shop.database.prisma.product.count({ where })).toBe(2)
    },
  )

  it('with mistakes keeps what was typed and what was uploaded', { timeout: MINUTES }, async () => {
    const wrong = { ...fields, name: 'Glass lantern', price: '0.10', specifications: 'Tin' }
    const { text } = await send('/admin/products/new', wrong, [
      [await photo('jpeg', { color: '#111' }), 'a.jpg'],
    ]).expect(422)
    expect(textOf(text)).toContain('Write “Tin” as a name and a value')
    expect(text).toContain('value="Glass lantern"')
    const [image = ''] = /\/pictures\/[0-9a-f]{32}-800\.jpg/.exec(text) ?? []
    const [, stored = ''] = /name="stored_0" value="([0-9a-f]{64})"/.exec(text) ?? []
    const kept = { image_0: image, stored_0: stored, alt_0: 'A lantern of glass', order_0: '1' }
    const cheap = await send('/admin/products/new', { ...wrong, ...kept, specifications: '' }).expect(422)
    expect(textOf(cheap.text)).toContain('below Stripe’s minimum of 0.50 USD')
    const { headers } = await send('/admin/products/new', {
      ...wrong,
      ...kept,
      specifications: '',
      price: '12',
    }).expect(303)
    const { pictures } = await productOf(Number(/products\/(\d+)/.exec(String(headers['location']))?.[1]))
    expect(pictures).toMatchObject([{ alt: 'A lantern of glass', image, pictureId: stored }])
  })

  it.each<[string, () => Buffer, string, RegExp]>([
    [
      'an SVG with a script',
      () => SVG_WITH_SCRIPT,
      'drawing.jpg',
      /drawing\.jpg: The file has a script in it/,
    ],
    ['huge dimensions', () => pngBomb(30_000, 30), 'bomb.png', /more pixels than we read/],
    [
      'a text that says it is a picture',
      () => Buffer.from('hello'),
      'text.png',
      /isn’t a picture that we can read/,
    ],
    [
      'too many bytes',
      () => Buffer.alloc(12 * 1024 * 1024 + 1),
      'large.jpg',
      /large\.jpg: It has more than 12 MB/,
    ],
  ])('with %s is refused with a sentence', { timeout: MINUTES }, async (_what, make, name, sentence) => {
    const { text } = await send('/admin/products/new', { ...fields, name: 'Refused' }, [
      [make(), name],
    ]).expect(422)
    expect(textOf(text)).toMatch(sentence)
    expect(await shop.database.prisma.product.count({ where: { name: 'Refused' } })).toBe(0)
  })
})

describe('two operators edit one product', () => {
  it('the second is told, and nothing is lost', { timeout: MINUTES }, async () => {
    const { id } = await newShirt()
    const { operator: other } = await newOperator(shop)
    const [mine, theirs] = [await formOf(id), await formOf(id, other)]
    await send(
      `/admin/products/${id}`,
      { ...theirs, summary: 'Theirs.', name: 'Their shirt' },
      [],
      other,
    ).expect(303)
    const told = await send(`/admin/products/${id}`, {
      ...mine,
      name: 'My shirt',
      description: 'Mine.',
    }).expect(409)
    expect(textOf(told.text)).toMatch(/Not saved: .+ saved this product meanwhile/)
    expect(textOf(told.text)).toContain('Name is now “Their shirt”. You changed it too')
    expect(textOf(told.text)).toContain('Summary is now “Theirs.”. Taken over')
    expect((await productOf(id)).name).toBe('Their shirt')
    const [, revision = ''] = /name="revision" value="(\d+)"/.exec(told.text) ?? []
    const base = /name="base" value="([^"]*)"/.exec(told.text)?.[1]?.replaceAll('&#34;', '"') ?? ''
    const merged = { ...mine, revision, base, name: 'My shirt', description: 'Mine.', summary: 'Theirs.' }
    await send(`/admin/products/${id}`, merged).expect(303)
    expect(await productOf(id)).toMatchObject({ name: 'My shirt', description: 'Mine.', summary: 'Theirs.' })
  })

  it(
    'texts of several lines, as browsers send them, are told and merged like others',
    { timeout: MINUTES },
    async () => {
      const { id } = await newShirt()
      const lines = {
        description: 'Made of linen.\r\n\r\nWashed.',
        specifications: 'Material: Linen\r\nWeight: 200 g',
      }
      await send(`/admin/products/${id}`, { ...(await formOf(id)), ...lines }).expect(303)
      const mine = { ...(await formOf(id)), ...lines }
      const theirs = { ...mine, specifications: 'Material: Linen\r\nWeight: 210 g' }
      await send(`/admin/products/${id}`, theirs).expect(303)
      // What I left as it was is no change of mine, whatever ends its lines.
      const described = { ...mine, description: 'Made of linen.\r\n\r\nWashed twice.' }
      const told = await send(`/admin/products/${id}`, described).expect(409)
      const text = textOf(told.text)
      expect(text).toContain('Specifications is now “Material: Linen Weight: 210 g”. Taken over')
      expect(text).not.toContain('You changed it too')
      expect(told.text).toMatch(/>\s*Made of linen\.\n\nWashed twice\.</)
      // Both changed it.
      const both = await send(`/admin/products/${id}`, { ...mine, specifications: 'Material: Flax' }).expect(
        409,
      )
      expect(textOf(both.text)).toContain(
        'Specifications is now “Material: Linen Weight: 210 g”. You changed it too',
      )
      expect(both.text).toMatch(/>\s*Material: Flax</)
      expect((await productOf(id)).specifications).toEqual(['Material: Linen', 'Weight: 210 g'])
    },
  )

  it('of two that save at the same moment, one is told', { timeout: MINUTES }, async () => {
    const { id } = await newShirt()
    const form = await formOf(id)
    const answers = await Promise.all(
      ['One', 'Two'].map((name) => send(`/admin/products/${id}`, { ...form, name })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409])
  })
})

describe('editing', () => {
  it('writes what changed, with variants in their grid', { timeout: MINUTES }, async () => {
    const { id, variants } = await newShirt()
    const form = await formOf(id)
    const m = variants['M']?.id ?? 0
    const edit = { ...form, [`price_${m}`]: '31.00', [`sku_${m}`]: `shirt-m-${id}`, options: 'Size: S, M, L' }
    Reflect.deleteProperty(edit, `active_${variants['S']?.id ?? 0}`)
    await send(`/admin/products/${id}`, edit).expect(303)
    const saved = await productOf(id)
    expect(
      saved.variants.map(({ optionValues, unitAmount, active, stock }) => [
        ...optionValues,
        unitAmount,
        active,
        stock,
      ]),
    ).toEqual([
      ['S', 2500, false, 10],
      ['M', 3100, true, 10],
      ['L', 2500, true, 0],
    ])
    const entries = await shop.database.prisma.auditEntry.findMany({
      where: { subject: 'product', subjectId: String(id) },
    })
    expect(entries.flatMap(({ fields }) => fields).sort()).toEqual(['active', 'options', 'sku', 'unitAmount'])
  })

  it('keeps its texts in German, and names its category for all products', { timeout: MINUTES }, async () => {
    const [shirt, other] = [await newShirt(), await newShirt()]
    const german = {
      ...{ de_name: 'Leinenhemd', de_specifications: 'Stoff: Leinen', de_category: 'Kleidung' },
      de_options: 'Size = Größe\nM=Mittel\nS =',
    }
    const opened = async () => (await operator.get(`/admin/products/${shirt.id}`).expect(200)).text
    expect(await opened()).not.toContain('>Written<')
    await send(`/admin/products/${shirt.id}`, { ...(await formOf(shirt.id)), ...german }).expect(303)
    expect(await opened()).toContain('>Written<')
    expect((await productOf(shirt.id)).translations).toEqual({
      de: {
        ...{ name: 'Leinenhemd', specifications: ['Stoff: Leinen'] },
        options: { Size: 'Größe', M: 'Mittel' },
      },
    })
    expect(await formOf(shirt.id)).toMatchObject({ de_options: 'Size = Größe\nS =\nM = Mittel' })
    expect(await formOf(other.id)).toMatchObject({ de_name: '', de_category: 'Kleidung' })
    const { text } = await stranger(shop.url).get(`/de/pricing/${shirt.id}`).expect(200)
    expect(textOf(text)).toMatch(/Kleidung .*Leinenhemd.*A shirt\..*Stoff Leinen/)

    // Another category has names of its own, which a form that is about the product alone leaves as they are.
    await send(`/admin/products/${other.id}`, { ...(await formOf(other.id)), category: 'Kitchen' }).expect(
      303,
    )
    expect(await formOf(other.id)).toMatchObject({ category: 'Kitchen', de_category: '' })
    await send(`/admin/products/${shirt.id}`, { ...(await formOf(shirt.id)), de_name: '' }).expect(303)
    expect(await formOf(shirt.id)).toMatchObject({ de_name: '', de_category: 'Kleidung' })
    const wrong = {
      ...(await formOf(shirt.id)),
      ...{ de_summary: 'x'.repeat(301), de_options: 'Weight = Gewicht' },
    }
    const refused = await send(`/admin/products/${shirt.id}`, wrong).expect(422)
    expect(refused.text).toContain('id="de-summary-error">At most 300 characters; this has 301.')
    expect(refused.text).toContain('id="de-options-error">“Weight = Gewicht” names no option or value')
  })

  it('refuses what Stripe would refuse, beside its field', { timeout: MINUTES }, async () => {
    const { id, variants } = await newShirt()
    const m = variants['M']?.id ?? 0
    const wrong = { ...(await formOf(id)), [`price_${m}`]: '0.20', options: 'Size: S' }
    const { text } = await send(`/admin/products/${id}`, wrong).expect(422)
    expect(text).toMatch(new RegExp(`id="price_${m}-error">Its price of 0.20 USD is below`))
    expect(textOf(text)).toContain('“M” of Size can’t be removed')
    expect(text).toContain('value="0.20"')
  })

  it('allows pictures of other hosts only where the owner does', { timeout: MINUTES }, async () => {
    const { id } = await newShirt()
    const form = { ...(await formOf(id)), picture_url: 'https://cdn.example/shirt.jpg' }
    const { text } = await send(`/admin/products/${id}`, form).expect(422)
    expect(textOf(text)).toContain('Pictures on cdn.example aren’t allowed')
    await shop.database.prisma.shop.update({ where: { id: 1 }, data: { pictureHosts: ['cdn.example'] } })
    await expect
      .poll(async () => (await send(`/admin/products/${id}`, form)).status, {
        timeout: 30_000,
        interval: 600,
      })
      .toBe(303)
    const page = await stranger(shop.url).get(`/pricing/${id}`).expect(200)
    expect(page.text).toContain('src="https://cdn.example/shirt.jpg"')
    expect(page.headers['content-security-policy']).toContain("img-src 'self' data: https://cdn.example;")
  })

  it(
    'orders, describes and removes pictures, and shows one with a variant',
    { timeout: MINUTES },
    async () => {
      const { id, variants } = await newShirt()
      const files: [Buffer, string][] = [
        [await photo('png', { color: '#101010', width: 300, height: 300 }), 'a.png'],
        [await photo('png', { color: '#202020', width: 300, height: 300 }), 'b.png'],
      ]
      await send(`/admin/products/${id}`, { ...(await formOf(id)), remove_0: 'on' }, files).expect(303)
      const form = await formOf(id)
      const m = variants['M']?.id ?? 0
      await send(`/admin/products/${id}`, {
        ...form,
        order_1: '0',
        alt_1: 'The back',
        [`picture_${m}`]: form['image_0'] ?? '',
      }).expect(303)
      const saved = await productOf(id)
      expect(saved.pictures.map(({ image }) => image)).toEqual([form['image_1'], form['image_0']])
      expect(saved.image).toBe(form['image_1'])
      expect(saved.pictures[0]?.alt).toBe('The back')
      expect(saved.variants.map(({ image }) => image)).toEqual([null, form['image_0']])
    },
  )
})

it('a copy is archived, and has everything but the stock', { timeout: MINUTES }, async () => {
  const { id } = await newShirt()
  const key = randomUUID()
  const [copied, again] = await Promise.all(
    [1, 2].map(() => operator.post(`/admin/products/${id}/duplicate`).type('form').send({ key }).expect(303)),
  )
  expect(again?.headers['location']).toBe(copied?.headers['location'])
  const copy = await productOf(Number(/products\/(\d+)/.exec(String(again?.headers['location']))?.[1]))
  expect(copy).toMatchObject({ name: 'Copy of Linen shirt', active: false, options: ['Size'] })
  expect(
    copy.variants.map(({ optionValues, stock, unitAmount }) => [...optionValues, stock, unitAmount]),
  ).toEqual(SHIRTS.map(({ values }) => [...values, 0, 2500]))
  await stranger(shop.url).get(`/pricing/${copy.id}`).expect(404)
  const preview = await operator.get(`/admin/products/${copy.id}/preview`).expect(200)
  expect(textOf(preview.text)).toContain('Shoppers can’t see this page.')
  expect(preview.headers['x-robots-tag']).toBe('noindex')
  await operator.post(`/admin/products/${copy.id}/restore`).expect(303)
  await stranger(shop.url).get(`/pricing/${copy.id}`).expect(200)
  await operator.post(`/admin/products/${copy.id}/archive`).expect(303)
  await stranger(shop.url).get(`/pricing/${copy.id}`).expect(404)
})

describe('stock', () => {
  const adjust = (id: number, fields: Record<string, string>) =>
    operator
      .post(`/admin/products/${id}/stock`)
      .type('form')
      .send({ key: randomUUID(), reason: 'received', ...fields })

  it('changes by a difference, once however often it is sent', { timeout: MINUTES }, async () => {
    const { id, variants } = await newShirt()
    const m = variants['M']?.id ?? 0
    const form = { key: randomUUID(), [`change_${id}`]: '+5', [`change_${m}`]: '-3', note: 'Delivery 12' }
    await Promise.all([adjust(id, form).expect(303), adjust(id, form).expect(303)])
    await adjust(id, form).expect(303)
    expect((await productOf(id)).variants.map(({ stock }) => stock)).toEqual([15, 7])
    const { text } = await operator.get(`/admin/products/${id}/stock`).expect(200)
    expect(textOf(text)).toMatch(/S \+5 15 Goods received Delivery 12/)
  })

  it('never falls below zero, and says so', { timeout: MINUTES }, async () => {
    const { id, variants } = await newShirt()
    const { text } = await adjust(id, {
      [`change_${id}`]: '1',
      [`change_${variants['M']?.id ?? 0}`]: '-11',
    }).expect(422)
    expect(textOf(text)).toMatch(/has 10 units left: 11 can’t be taken away/)
    expect((await productOf(id)).variants.map(({ stock }) => stock)).toEqual([10, 10])
  })

  it('is counted from a number on, and no longer', { timeout: MINUTES }, async () => {
    const { id } = await newShirt()
    await adjust(id, { [`stop_${id}`]: 'on' }).expect(303)
    expect((await productOf(id)).stock).toBeNull()
    await adjust(id, { [`change_${id}`]: '4' }).expect(303)
    expect((await productOf(id)).stock).toBe(4)
  })

  it('needs a reason', { timeout: MINUTES }, async () => {
    const { id } = await newShirt()
    const { text } = await adjust(id, { [`change_${id}`]: '4', reason: '' }).expect(422)
    expect(textOf(text)).toContain('Choose a reason.')
    expect(text).toContain('value="4"')
  })
})

it('the home page and the list know what is low on stock', { timeout: MINUTES }, async () => {
  // The first variant has its product's id.
  const { id } = await addVariedProduct(shop, ['Size'], [{ values: ['S'] }, { values: ['M'] }])
  const setStock = (stock: number | null) =>
    shop.database.prisma.variant.update({ where: { id }, data: { stock } })
  const isLow = async () => {
    const home = (await operator.get('/admin').expect(200)).text
    const list = (await operator.get('/admin/products?state=low_stock').expect(200)).text
    return [home.includes(`/admin/products/${id}/stock`), list.includes(`/admin/products/${id}"`)]
  }
  for (const [stock, low] of [
    [6, false],
    [5, true],
    [0, true],
    [null, false],
  ] as const) {
    await setStock(stock)
    expect([stock, ...(await isLow())]).toEqual([stock, low, low])
  }
})

it('the list finds products by name, sku and number, and pages by key', { timeout: MINUTES }, async () => {
  const { id, slug } = await newShirt()
  for (const search of ['linen shi', slug, `${slug}-2`, String(id)]) {
    const { text } = await operator.get(`/admin/products?q=${encodeURIComponent(search)}`).expect(200)
    expect([search, text.includes(`href="/admin/products/${id}"`)]).toEqual([search, true])
  }
  await shop.database.pool.query(
    `INSERT INTO "Product" (slug, name, summary, description, image, category, "unitAmount", currency, stock)
     SELECT 'many-' || n, 'Many ' || lpad(n::text, 3, '0'), '', '', '', 'Many', 100, 'usd', 3 FROM generate_series(1, 120) n`,
  )
  const seen = new Set<string>()
  let path: string | undefined = '/admin/products?category=Many&sort=name&state=low_stock'
  let pages = 0
  while (path !== undefined) {
    const { text }: { text: string } = await operator.get(path).expect(200)
    for (const [, name = ''] of text.matchAll(/<th scope="row"><a [^>]*>(Many \d+)</g)) seen.add(name)
    path = /<a href="([^"]+)" rel="next">/.exec(text)?.[1]?.replaceAll('&amp;', '&')
    pages++
  }
  expect([seen.size, pages]).toEqual([120, 3])
  const none = await operator.get('/admin/products?q=nothing-has-this&state=no_picture').expect(200)
  expect(textOf(none.text)).toContain('No product matches')
})
