// A journal that is cut or damaged: nothing that is still readable is lost, and nothing prevents a start.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSandbox } from '../src/index.js'
import { Journal, type Change } from '../src/state/journal.js'
import { Store } from '../src/state/store.js'
import { client } from './support/world.js'

let dir: string
let file: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'journal-'))
  file = join(dir, 'journal.jsonl')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const HEADER = '{"sandbox":1}\n'
const customer = (name: string): Change => ['acct_1', 'customer', `cus_${name}`, { id: `cus_${name}`, name }]
const line = (...names: string[]): string => `${JSON.stringify(names.map(customer))}\n`

/** The names of the customers that are read from the journal. */
const names = (store: Store): (string | null | undefined)[] =>
  [...store.records('acct_1', 'customer').oldestFirst()].map(({ name }) => name)

const keptAside = (): Buffer =>
  Buffer.concat(
    readdirSync(dir)
      .filter((name) => name.startsWith('journal.jsonl.damaged-'))
      .map((name) => readFileSync(join(dir, name))),
  )
const forgetKept = (): void => {
  for (const name of readdirSync(dir)) if (name.includes('.damaged-')) rmSync(join(dir, name))
}

function store(journal: Journal, name: string): void {
  journal.append([customer(name)])
}

test('cut at any byte, every complete line is kept, and the half one is kept aside', () => {
  // Characters of several bytes, so that some cuts are in the middle of one.
  const whole = Buffer.from(HEADER + line('Ada') + line('Zoë') + line('東京', '🏺'))
  const firstEnd = Buffer.byteLength(HEADER + line('Ada'))
  for (let cut = 0; cut <= whole.length; cut++) {
    forgetKept()
    writeFileSync(file, whole.subarray(0, cut))
    const journal = new Journal(dir)
    const opened = new Store(journal)
    const ends = ['Ada', 'Zoë', '東京'].map((name) => whole.indexOf(0x0a, whole.indexOf(name)))
    const kept = [['Ada'], ['Zoë'], ['東京', '🏺']].filter((_, index) => cut >= (ends[index] ?? 0)).flat()
    expect({ cut, names: names(opened) }).toEqual({ cut, names: kept })
    const half = whole.subarray(whole.subarray(0, cut).lastIndexOf(0x0a) + 1, cut)
    const isWhole = cut === HEADER.length - 1 || ends.includes(cut)
    expect(keptAside().toString()).toBe(half.length === 0 || isWhole ? '' : `${half.toString()}\n`)

    // What is written next is read too, also when the file can't be rewritten at the start.
    journal.open()
    store(journal, 'next')
    journal.close()
    expect(names(new Store(new Journal(dir)))).toEqual([...kept, 'next'])
    if (cut > firstEnd) expect(kept).toContain('Ada')
  }
})

describe('damage', () => {
  test.each<[string, string, string[]]>([
    ['garbage at the end', `${HEADER}${line('Ada')}\u0000\u0001xyz`, ['Ada']],
    ['zeros at the end', `${HEADER}${line('Ada')}${'\0'.repeat(5000)}`, ['Ada']],
    ['garbage with a line end', `${HEADER}${line('Ada')}}}garbage{{\n`, ['Ada']],
    ['half a line before good ones', `${HEADER}${line('Ada').slice(0, 20)}\n${line('Bob')}`, ['Bob']],
    [
      'half a line, and a good one on the same line',
      `${HEADER}${line('Ada').slice(0, 20)}${line('Bob')}`,
      ['Bob'],
    ],
    [
      'a hole of zeros before a good line',
      `${HEADER}${line('Ada')}${'\0'.repeat(99)}${line('Bob')}`,
      ['Ada', 'Bob'],
    ],
    ['empty lines', `${HEADER}\n\n${line('Ada')}\n${line('Bob')}`, ['Ada', 'Bob']],
    [
      'JSON that is no transaction',
      `${HEADER}${line('Ada')}[["a","b"]]\n7\n{}\n[["a","b","c",5]]\n`,
      ['Ada'],
    ],
    ['a header of zeros', `${'\0'.repeat(HEADER.length - 1)}\n${line('Ada')}`, ['Ada']],
    ['no header', line('Ada'), ['Ada']],
    ['another file', 'something else\n', []],
    ['only zeros', '\0'.repeat(4096), []],
    ['an empty file', '', []],
  ])('%s', async (_, content, kept) => {
    writeFileSync(file, content)
    expect(names(new Store(new Journal(dir)))).toEqual(kept)
    forgetKept()
    const warnings: string[] = []
    const log = { info: () => undefined, warn: (_fields: object, text: string) => void warnings.push(text) }
    const sandbox = await createSandbox({ dir, log })
    const stripe = client(sandbox, sandbox.secretKey)
    const { id } = await stripe.customers.create({ name: 'New' })
    await sandbox.close()
    // Once: the journal is sound afterwards.
    const damaged = keptAside().length > 0
    expect(warnings.filter((text) => text.includes('damaged'))).toHaveLength(damaged ? 1 : 0)
    const again = await createSandbox({ dir, log })
    expect((await client(again, again.secretKey).customers.retrieve(id)).id).toBe(id)
    await again.close()
    expect(warnings).toHaveLength(damaged ? 1 : 0)
    expect(names(new Store(new Journal(dir)))).toEqual(kept)
  })

  test('what was cut out is complete in the file beside the journal', () => {
    writeFileSync(file, `${HEADER}half${line('Ada')}broken\n${line('Bob')}tail`)
    expect(names(new Store(new Journal(dir)))).toEqual(['Ada', 'Bob'])
    expect(keptAside().toString()).toBe('half\nbroken\ntail\n')
  })

  test('the journal of another version is not touched', async () => {
    writeFileSync(file, '{"sandbox":2}\n')
    await expect(createSandbox({ dir })).rejects.toThrow(/is not a journal of this version/)
    expect(readFileSync(file, 'utf8')).toBe('{"sandbox":2}\n')
  })
})

test('a transaction that is rolled back leaves everything in its place', () => {
  const opened = new Store()
  const put = (name: string): void => {
    const [account, , id, value] = customer(name)
    opened.put(account, 'customer', id, value as never)
  }
  opened.transaction(() => ['Ada', 'Bob', 'Cleo'].forEach(put))
  expect(() =>
    opened.transaction(() => {
      opened.delete('acct_1', 'customer', 'cus_Ada')
      put('Dora')
      opened.delete('acct_1', 'customer', 'cus_Bob')
      put('Ada')
      throw new Error('refused')
    }),
  ).toThrow('refused')
  expect(names(opened)).toEqual(['Ada', 'Bob', 'Cleo'])
})
