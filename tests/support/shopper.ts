// A shopper without a browser: keeps cookies, does not follow redirects, submits forms.
import { randomBytes } from 'node:crypto'
import supertest from 'supertest'

export type Shopper = ReturnType<typeof supertest.agent>

export const PASSWORD = 'a long enough password'

/** A visitor who is not signed in. */
export function stranger(url: string): Shopper {
  return supertest.agent(url).redirects(0)
}

/** A signed-in visitor with a new account. */
export async function newShopper(url: string, email = `${randomBytes(6).toString('hex')}@shopper.example`) {
  const shopper = stranger(url)
  await shopper
    .post('/register')
    .type('form')
    .send({ name: 'Ada Shopper', email, password: PASSWORD })
    .expect(303)
  return { shopper, email }
}

/** The id of a sample product that is bought by one click: it needs no delivery and has no options. */
export async function patternOf(visitor: Shopper): Promise<number> {
  const { body } = (await visitor.get('/api/products?q=lantern').expect(200)) as {
    body: { products: { id: number }[] }
  }
  return body.products[0]?.id ?? 0
}

/** The text of a page without its tags. */
export function textOf(html: string): string {
  return html
    .replace(/<(script|style)[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#39;/g, '’')
    .replace(/&#34;/g, '"')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
}
