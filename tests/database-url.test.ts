import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readUrl, urlProblems } from '../src/database-url.js'

const readableFile = fileURLToPath(import.meta.url)
const url = (parameters: string) => `postgresql://till:secret@db.example/till?${parameters}`

describe('a database URL', () => {
  it.each([
    '',
    'sslmode=require',
    `sslmode=verify-full&sslrootcert=${encodeURIComponent(readableFile)}&channel_binding=require`,
    'pgbouncer=true&connection_limit=5&schema=public',
    'application_name=shop&options=-c%20geqo=off',
  ])('may have %j', (parameters) => {
    expect(urlProblems(url(parameters))).toEqual([])
  })

  it.each([
    ['schema=till', /schema=till: the shop's tables are in the schema "public"/],
    ['schema=', /schema=: the shop's tables/],
    ['pool_timeout=10', /parameter pool_timeout, which the shop does not support: remove it/],
    ['statement_timeout=1', /parameter statement_timeout/],
    ['search_path=till', /parameter search_path/],
    ['options=-c%20search_path%3Dtill', /sets search_path in options: the shop's tables/],
    ['target_session_attrs=read-write', /parameter target_session_attrs/],
    ['sslaccept=strict', /parameter sslaccept/],
    ['connection_limit=0', /connection_limit=0: that value is not supported/],
    ['connection_limit=many', /connection_limit=many/],
    ['pgbouncer=yes', /pgbouncer=yes/],
    ['sslrootcert=/no/such.pem', /sslrootcert=\/no\/such.pem: that file can’t be read/],
    [
      'sslmode=bogus',
      /sslmode=bogus: use one of disable, prefer, require, verify-ca, verify-full, no-verify/,
    ],
  ])('with %s is refused', (parameters, message) => {
    const problems = urlProblems(url(parameters))
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(message)
    expect(problems[0]).not.toContain('secret')
  })

  it('says how many connections to open, and whether it leads to a pooler', () => {
    expect(readUrl(url('pgbouncer=true&connection_limit=5'))).toEqual({
      connectionLimit: 5,
      pooled: true,
      channelBinding: false,
    })
    expect(readUrl(url('channel_binding=require'))).toEqual({
      connectionLimit: null,
      pooled: false,
      channelBinding: true,
    })
  })
})
