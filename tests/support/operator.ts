// Somebody who runs the shop: a signed-in account with a role, and an authenticator app.
import { TOTP } from 'otpauth'
import type { Role } from '../../src/generated/prisma/enums.js'
import { newShopper, type Shopper } from './shopper.js'
import type { TestShop } from './shop.js'

/** Production without mail and Stripe. */
export const PRODUCTION = {
  NODE_ENV: 'production',
  BASE_URL: 'http://127.0.0.1:8000',
  SESSION_SECRET: '0123456789abcdef0123456789abcdef',
  SMTP_URL: 'smtp://127.0.0.1:1',
  MAIL_FROM: 'Till <till@till.example>',
}

type Shop = Pick<TestShop, 'url' | 'database'>

/** An operator who is signed in at the shop. */
export async function newOperator(shop: Shop, role: Exclude<Role, 'shopper'> = 'operator') {
  const { shopper: operator, email } = await newShopper(shop.url)
  const { id } = await shop.database.prisma.user.update({ where: { email }, data: { role } })
  return { operator, email, id }
}

/** An operator who has an authenticator app and entered a code of it. */
export async function newOperatorWithApp(shop: Shop, role?: Exclude<Role, 'shopper'>) {
  const account = await newOperator(shop, role)
  return { ...account, app: await setUpApp(account.operator) }
}

/** Sets up an authenticator app as the page asks. */
export async function setUpApp(operator: Shopper): Promise<AuthenticatorApp> {
  const { text } = await operator.get('/admin/security/set-up').expect(200)
  const app = new AuthenticatorApp(secretIn(text))
  const sealed = /name="sealed" value="([^"]+)"/.exec(text)?.[1]
  const done = await operator
    .post('/admin/security/set-up')
    .type('form')
    .send({ sealed, code: app.code(), next: '/admin' })
    .expect(200)
  app.recoveryCodes = [...done.text.matchAll(/<li><code>([^<]+)<\/code>/g)].map(([, code = '']) => code)
  return app
}

/** The secret that the page of a new app shows for typing. */
export function secretIn(page: string): string {
  return (/class="(?:a-|break )secret">([^<]+)</.exec(page)?.[1] ?? '').replaceAll(' ', '')
}

export class AuthenticatorApp {
  recoveryCodes: string[] = []
  #step = 0
  readonly #totp: TOTP

  constructor(secret: string) {
    this.#totp = new TOTP({ secret })
  }

  /** A new code each time. The third within half a minute is too far ahead: see `forgetCodes`. */
  code(): string {
    this.#step = Math.max(this.#step + 1, Math.floor(Date.now() / 30_000))
    return this.#totp.generate({ timestamp: this.#step * 30_000 })
  }

  /** Lets the codes of this half minute count again. */
  async forgetCodes({ database }: Pick<TestShop, 'database'>, userId: number): Promise<void> {
    await database.prisma.secondFactor.update({ where: { userId }, data: { lastStep: null } })
    this.#step = 0
  }
}

/** Makes what an operator's sessions remember older. */
export async function ageSessions(
  { database }: Pick<TestShop, 'database'>,
  userId: number,
  minutes: { signedIn?: number; seen?: number; code?: number },
): Promise<void> {
  const fields = { signedIn: '{signedInAt}', seen: '{admin,seenAt}', code: '{admin,factorAt}' } as const
  for (const [name, path] of Object.entries(fields)) {
    const age = minutes[name as keyof typeof fields]
    if (age === undefined) continue
    await database.pool.query(
      `UPDATE "Session" SET sess = jsonb_set(sess::jsonb, $1::text[], to_jsonb($2::bigint))::json
       WHERE sess->'passport'->>'user' = $3`,
      [path, Date.now() - age * 60_000, String(userId)],
    )
  }
}
