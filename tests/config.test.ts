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
  DATABASE_URL: 'postgresql://till:secret@127.0.0.1:5432/till',
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
    ['STRIPE_WEBHOOK_SECRET', 'whsec_short', /^STRIPE_WEBHOOK_SECRET is not a signing secret/],
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

  it('names all missing variables at once', () => {
    expect(problemsOf({ NODE_ENV: 'production', DATA_DIR: dataDir })).toHaveLength(4)
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
