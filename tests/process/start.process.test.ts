import { describe, expect, it } from 'vitest'
import { DEMO_ACCOUNT } from '../../src/accounts/demo-account.js'
import { untilOpen } from '../support/shop-process.js'
import { buy, signedIn, statuses, useShops } from './shops.js'

const { dataDir, start, stop } = useShops()

describe('starting with an empty data folder', () => {
  it('prints the addresses, sells, stops cleanly, and keeps its data', async () => {
    const folder = dataDir()
    const first = await start(folder)
    await untilOpen(first)
    await expect.poll(() => first.output()).toContain('No money moves')
    for (const word of [
      `${first.url}/pricing`,
      first.sandboxUrl,
      DEMO_ACCOUNT.email,
      DEMO_ACCOUNT.password,
      '4242 4242 4242 4242',
      'Production also needs BASE_URL,',
    ]) {
      expect(first.output()).toContain(word)
    }
    await buy(first)
    expect(await stop(first)).toBe(0)

    const second = await start(folder)
    await untilOpen(second)
    const shopper = await signedIn(second)
    expect(await statuses(shopper)).toEqual(['paid'])
    expect(await stop(second)).toBe(0)
  })
})

describe('starting with invalid settings', () => {
  it.each([
    ['HOST', '192.0.2.1', '192.0.2.1 is not an address of this machine: set HOST'],
    ['TRUST_PROXY', 'foo', 'TRUST_PROXY must be on, off'],
    ['DATA_DIR', '/etc/passwd', 'DATA_DIR must be a writable folder'],
  ])('%s=%s is reported without a stack trace', async (variable, value, said) => {
    const shop = await start(dataDir(), { [variable]: value })
    expect(await shop.ended).toBe(1)
    expect(shop.output()).toContain(said)
    expect(shop.output()).not.toMatch(/\n\s+at /)
  })

  it('production without secrets names each missing one and starts no sandbox', async () => {
    const shop = await start(dataDir(), { NODE_ENV: 'production' })
    expect(await shop.ended).toBe(1)
    for (const name of [
      'BASE_URL',
      'DATABASE_URL',
      'SESSION_SECRET',
      'STRIPE_SECRET_KEY',
      'STRIPE_WEBHOOK_SECRET',
      'SMTP_URL',
      'MAIL_FROM',
    ])
      expect(shop.output()).toContain(`${name} is missing`)
    expect(await fetch(shop.sandboxUrl).catch(() => null)).toBeNull()
  })

  it('an unreachable database is reported without a stack trace or the password', async () => {
    const shop = await start(dataDir(), { DATABASE_URL: 'postgresql://till:secret-word@127.0.0.1:1/till' })
    expect(await shop.ended).toBe(1)
    expect(shop.output()).toContain('DATABASE_URL')
    expect(shop.output()).not.toContain('secret-word')
    expect(shop.output()).not.toMatch(/\n\s+at /)
  })
})
