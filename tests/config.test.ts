import { mkdtempSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import express from 'express'
import { describe, expect, it } from 'vitest'
import { ConfigError, isLiveKey, parseConfig, projectRoot } from '../src/config.js'

const dataDir = mkdtempSync(path.join(tmpdir(), 'till-config-'))
const strong = '0123456789abcdef0123456789abcdef0123456789abcdef'
const production = {
  NODE_ENV: 'production',
  DATA_DIR: dataDir,
  BASE_URL: 'https://shop.example',
  TRUST_PROXY: '1',
  DATABASE_URL: 'postgresql://till:secret@127.0.0.1:5432/till',
  SMTP_URL: 'smtp://user:secret@mail.example:587',
  MAIL_FROM: 'Till <shop@shop.example>',
  OPERATOR_EMAIL: 'you@shop.example',
  SESSION_SECRET: strong,
  STRIPE_SECRET_KEY: 'sk_live_0123456789abcdef',
  STRIPE_WEBHOOK_SECRET: 'whsec_0123456789abcdef0123',
}

function problemsOf(variables: NodeJS.ProcessEnv): string[] {
  try {
    parseConfig(variables)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('configuration', () => {
  it('needs no variables in development: embedded database, sandbox, a generated secret that is kept', () => {
    const config = parseConfig({ DATA_DIR: dataDir })
    expect(config).toMatchObject({
      baseUrl: 'http://127.0.0.1:3000',
      port: 3000,
      databaseUrl: null,
      stripe: null,
      sandboxPort: 12111,
      trustProxy: false,
    })
    expect(config.sessionSecrets[0]).toMatch(/^[0-9a-f]{64}$/)
    expect(parseConfig({ DATA_DIR: dataDir }).sessionSecrets).toEqual(config.sessionSecrets)
    expect(statSync(path.join(dataDir, 'session-secret')).mode & 0o777).toBe(0o600)
  })

  it('treats an empty variable as unset', () => {
    expect(parseConfig({ DATA_DIR: dataDir, STRIPE_SECRET_KEY: '', PORT: ' ' })).toMatchObject({
      stripe: null,
      port: 3000,
    })
  })

  it.each([
    ['pay.shop.example', 'https://pay.shop.example'],
    ['https://pay.shop.example/', 'https://pay.shop.example'],
    ['Pay.Shop.Example:8443', 'https://pay.shop.example:8443'],
    ['http://localhost:4000', 'http://localhost:4000'],
  ])('takes %s for the checkout domain', (domain, origin) => {
    expect(parseConfig({ ...production, STRIPE_CHECKOUT_DOMAIN: domain }).checkoutOrigin).toBe(origin)
  })

  it.each([
    'http://pay.shop.example',
    'pay.shop.example/path',
    '*.shop.example',
    'pay.shop.example; script-src *',
    'a b',
    'https://user@pay.shop.example',
  ])('refuses %s for it', (domain) => {
    expect(problemsOf({ ...production, STRIPE_CHECKOUT_DOMAIN: domain })).toEqual([
      expect.stringMatching(/^STRIPE_CHECKOUT_DOMAIN must be the custom domain/),
    ])
  })

  it('reads lists, trailing slashes and proxies', () => {
    const config = parseConfig({
      ...production,
      BASE_URL: 'https://shop.example/',
      STRIPE_WEBHOOK_SECRET: ' whsec_0123456789abcdef0123 , whsec_abcdef0123456789abcd',
      TRUST_PROXY: '2',
    })
    expect(config.baseUrl).toBe('https://shop.example')
    expect(config.stripe?.webhookSecrets).toHaveLength(2)
    expect(config.trustProxy).toBe(2)
  })

  it.each([
    ['SESSION_SECRET', undefined, /^SESSION_SECRET is missing/],
    ['SESSION_SECRET', 'keyboard cat', /^SESSION_SECRET is too weak/],
    ['SESSION_SECRET', 'a'.repeat(64), /^SESSION_SECRET is too weak/],
    ['STRIPE_SECRET_KEY', undefined, /^STRIPE_SECRET_KEY is missing/],
    ['STRIPE_SECRET_KEY', 'pk_live_0123456789abcdef', /^STRIPE_SECRET_KEY is not a secret key/],
    ['STRIPE_WEBHOOK_SECRET', undefined, /^STRIPE_WEBHOOK_SECRET is missing/],
    ['STRIPE_SECRET_KEY', 'sk_live_short', /^STRIPE_SECRET_KEY is too short: a part of the key is missing/],
    ['STRIPE_SECRET_KEY', 'rk_test_1', /^STRIPE_SECRET_KEY is too short/],
    ['STRIPE_SECRET_KEY', 'sk_live_', /^STRIPE_SECRET_KEY is too short/],
    ['STRIPE_SECRET_KEY', 'sk_live_51H...abcd', /^STRIPE_SECRET_KEY is shortened/],
    ['STRIPE_SECRET_KEY', 'sk_live_0123456789 abcdef', /^STRIPE_SECRET_KEY has a space or a line break/],
    ['STRIPE_SECRET_KEY', '"sk_live_0123456789abcdef"', /^STRIPE_SECRET_KEY has quotation marks/],
    ['STRIPE_SECRET_KEY', 'sk_live_0123456789abcdef-', /^STRIPE_SECRET_KEY has characters that no key has/],
    [
      'STRIPE_SECRET_KEY',
      'whsec_0123456789abcdef',
      /^STRIPE_SECRET_KEY is not a secret key. It is the signing/,
    ],
    ['STRIPE_SECRET_KEY', 'secret', /^STRIPE_SECRET_KEY is not a secret key: use one that starts with/],
    ['STRIPE_WEBHOOK_SECRET', 'whsec_short', /^STRIPE_WEBHOOK_SECRET is too short/],
    ['STRIPE_WEBHOOK_SECRET', "'whsec_0123456789abcdef0123'", /^STRIPE_WEBHOOK_SECRET has quotation marks/],
    ['STRIPE_WEBHOOK_SECRET', 'we_0123456789abcdef0123', /is the id of the webhook endpoint/],
    [
      'STRIPE_PUBLISHABLE_KEY',
      'sk_live_0123456789abcdef',
      /^STRIPE_PUBLISHABLE_KEY is not .* is the secret key/,
    ],
    ['STRIPE_PUBLISHABLE_KEY', 'pk_live_short', /^STRIPE_PUBLISHABLE_KEY is too short/],
    ['STRIPE_API_BASE', 'http://127.0.0.1:12111', /^STRIPE_API_BASE must not be set with a live key/],
    ['BASE_URL', undefined, /^BASE_URL is missing/],
    ['BASE_URL', 'http://shop.example', /^BASE_URL must begin with https/],
    ['TRUST_PROXY', undefined, /^TRUST_PROXY is missing/],
    ['SMTP_URL', undefined, /^SMTP_URL is missing/],
    ['SMTP_URL', 'smtp://', /^SMTP_URL names no mail server/],
    ['SMTP_URL', 'http://mail.example', /^SMTP_URL must be a URL such as smtp/],
    ['MAIL_FROM', undefined, /^MAIL_FROM is missing/],
    ['MAIL_FROM', 'Till', /^MAIL_FROM must be an address/],
    ['METRICS_TOKEN', 'short', /^METRICS_TOKEN is too weak/],
    ['NODE_ENV', 'prod', /^NODE_ENV must be one of production, development, test/],
    ['LOG_LEVEL', 'loud', /^LOG_LEVEL must be one of/],
    ['WEB_CONCURRENCY', '0', /^WEB_CONCURRENCY must be a whole number from 1 to 64/],
    [
      'STRIPE_WEBHOOK_SECRET',
      `${production.STRIPE_WEBHOOK_SECRET},secret`,
      /^STRIPE_WEBHOOK_SECRET is not a signing secret/,
    ],
    [
      'STRIPE_PUBLISHABLE_KEY',
      'pk_test_0123456789abcdef',
      /^STRIPE_PUBLISHABLE_KEY and STRIPE_SECRET_KEY must both be test keys or both be live keys/,
    ],
    ['STRIPE_API_BASE', 'http://stripe.example', /^STRIPE_API_BASE would send the secret key unencrypted/],
    ['DATABASE_URL', 'mysql://x', /^DATABASE_URL must be a URL such as postgresql/],
    ['PORT', '99999', /^PORT must be a port number/],
    ['PORT', '0', /^PORT must be a port number/],
    ['BASE_URL', 'shop.example', /^BASE_URL must be a URL such as https/],
    ['BASE_URL', 'https://shop.example/till', /^BASE_URL must be an origin such as https:\/\/shop\.example/],
    ['BASE_URL', 'https://*', /^BASE_URL must be an origin such as/],
    ['STRIPE_API_BASE', 'https://api.stripe.com/v1', /^STRIPE_API_BASE must be an origin such as/],
    [
      'DATABASE_URL',
      'postgresql://till@db.example/till?sslrootcert=/no/such.pem',
      /^DATABASE_URL has sslrootcert=\/no\/such.pem: that file can’t be read/,
    ],
    ['BASE_URL', 'https://shop.example/?a=b', /^BASE_URL must be an origin such as/],
    ['TRUST_PROXY', 'foo', /^TRUST_PROXY must be on, off/],
    ['TRUST_PROXY', '10.0.0.1, 10.0.0.0/33', /^TRUST_PROXY must be on, off/],
    ['OPERATOR_EMAIL', 'nobody', /^OPERATOR_EMAIL must be an email address/],
  ])('in production, %s = %s stops the start', (name, value, problem) => {
    const problems = problemsOf({ ...production, [name]: value })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(problem)
  })

  it.each(['on', '1', 'loopback', '10.0.0.1, 10.1.0.0/16', 'fd00::/8,uniquelocal'])(
    'accepts TRUST_PROXY=%s, as Express does',
    (text) => {
      const { trustProxy } = parseConfig({ ...production, TRUST_PROXY: text })
      expect(() => express().set('trust proxy', trustProxy)).not.toThrow()
    },
  )

  it.each([
    ['/etc/passwd', /^DATA_DIR must be a writable folder: .*\/etc\/passwd/],
    ['/etc/passwd/till', /^DATA_DIR must be a writable folder: /],
  ])('in development, DATA_DIR = %s stops the start', (folder, problem) => {
    const problems = problemsOf({ DATA_DIR: folder })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(problem)
  })

  it('names all variables at once that are missing, malformed or unsafe', () => {
    const nothing = problemsOf({ NODE_ENV: 'production', DATA_DIR: dataDir })
    expect(nothing.map((problem) => problem.split(' ')[0])).toEqual([
      'STRIPE_SECRET_KEY',
      'STRIPE_WEBHOOK_SECRET',
      'BASE_URL',
      'DATABASE_URL',
      'SESSION_SECRET',
      'SMTP_URL',
      'MAIL_FROM',
    ])
    const wrong = { PORT: '0', DATABASE_URL: 'mysql://x', SESSION_SECRET: 'weak', SMTP_URL: undefined }
    expect(problemsOf({ ...production, ...wrong }).map((problem) => problem.split(' ')[0])).toEqual([
      'PORT',
      'DATABASE_URL',
      'SESSION_SECRET',
      'SMTP_URL',
    ])
  })

  it('allows plain http on this machine, where no proxy needs to be trusted', () => {
    for (const BASE_URL of ['http://127.0.0.1:3000', 'http://localhost', 'http://[::1]:3000'])
      expect(problemsOf({ ...production, BASE_URL, TRUST_PROXY: undefined })).toEqual([])
  })

  it('warns of what is probably a mistake in production', () => {
    const { warnings } = parseConfig({
      ...production,
      STRIPE_SECRET_KEY: 'sk_test_0123456789abcdef',
      STRIPE_API_BASE: 'http://127.0.0.1:12111',
      OPERATOR_EMAIL: '',
    })
    expect(warnings.map((warning) => warning.split(' ')[0])).toEqual([
      'STRIPE_SECRET_KEY',
      'STRIPE_API_BASE',
      'OPERATOR_EMAIL',
    ])
    expect(parseConfig(production).warnings).toEqual([])
  })

  it('says in development what production would refuse', () => {
    expect(parseConfig({ DATA_DIR: dataDir }).warnings).toEqual([
      'Production also needs BASE_URL, DATABASE_URL, SESSION_SECRET, SMTP_URL, MAIL_FROM, STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET.',
    ])
    const { warnings } = parseConfig({
      ...production,
      NODE_ENV: 'development',
      STRIPE_SECRET_KEY: 'sk_test_0123456789abcdef',
      BASE_URL: 'http://shop.example',
      SESSION_SECRET: 'keyboard cat',
      MAIL_FROM: undefined,
    })
    expect(warnings).toEqual([
      expect.stringMatching(/^MAIL_FROM is missing: mail comes from till@localhost/),
      'Production also needs MAIL_FROM.',
      expect.stringMatching(/^In production, BASE_URL must begin with https/),
      expect.stringMatching(/^In production, SESSION_SECRET is too weak/),
    ])
  })

  it('refuses a live key outside production', () => {
    expect(problemsOf({ ...production, NODE_ENV: 'development' })).toEqual([
      'STRIPE_SECRET_KEY is a live key, which moves real money: set NODE_ENV=production, or use a test key.',
    ])
  })

  it('never repeats a key or secret', () => {
    const secrets = ['sk_live_sekret', '"whsec_sekretsekretsekret"', 'pk_live_sekret', 'sekret']
    const [STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, STRIPE_PUBLISHABLE_KEY, SESSION_SECRET] = secrets
    const problems = problemsOf({
      ...production,
      ...{ STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, STRIPE_PUBLISHABLE_KEY, SESSION_SECRET },
    })
    expect(problems).toHaveLength(4)
    expect(problems.join()).not.toContain('sekret')
  })

  it('refuses an incomplete Stripe account', () => {
    expect(problemsOf({ DATA_DIR: dataDir, STRIPE_SECRET_KEY: 'sk_test_0123456789' })[0]).toMatch(
      /^STRIPE_WEBHOOK_SECRET is missing/,
    )
    expect(problemsOf({ DATA_DIR: dataDir, STRIPE_API_BASE: 'http://127.0.0.1:1' })[0]).toMatch(
      /^STRIPE_SECRET_KEY is missing/,
    )
  })

  it('distinguishes live keys from test keys', () => {
    expect(['sk_live_1', 'rk_live_1', 'sk_test_1', 'x_sk_live_'].map(isLiveKey)).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  it('is documented: .env.example names exactly the variables that are read', () => {
    const source = readFileSync(path.join(projectRoot, 'src/config.ts'), 'utf8')
    const read = [...source.matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map((match) => match[1])
    const example = readFileSync(path.join(projectRoot, '.env.example'), 'utf8')
    const documented = [...example.matchAll(/^#? ?([A-Z][A-Z_]+)=/gm)].map((match) => match[1])
    expect(documented.sort()).toEqual(read.sort())
    for (const line of example.split('\n')) expect(line).toMatch(/^(#|$)/)
  })
})
