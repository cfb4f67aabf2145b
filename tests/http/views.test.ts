import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { viewEngine } from '../../src/http/views.js'

const folder = mkdtempSync(path.join(tmpdir(), 'till-views-'))
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, text: string): string {
  const file = path.join(folder, name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
  return file
}

function rendered(engine: ReturnType<typeof viewEngine>, file: string, data: object): Promise<string> {
  return new Promise((resolve, reject) => {
    engine(file, data, (error, html) => {
      if (error) reject(error)
      else resolve(html ?? '')
    })
  })
}

describe.each([
  ['compiled once', true],
  ['compiled each time', false],
])('views that are %s', (_how, keep) => {
  it('include others, which are given what the view has and more', async () => {
    write('inner/slip.ejs', '<i><%= shop %>, <%= size %>, <%= locals.color ?? "plain" %></i>')
    write(
      'part.ejs',
      '<%- include("inner/slip", { size: 2 }) %><b><%= size %></b><%- include("inner/slip", { color: "<red>" }) %>',
    )
    const page = write('pages/page.ejs', '<%- include("../part") %>')
    expect(await rendered(viewEngine(keep), page, { shop: 'A & B', size: 1 })).toBe(
      '<i>A &amp; B, 2, plain</i><b>1</b><i>A &amp; B, 1, &lt;red&gt;</i>',
    )
  })

  it('know nothing that they are not given', async () => {
    const page = write(
      'nothing.ejs',
      '<%= locals.constructor ?? "nothing" %>, <%= locals.toString ?? "nothing" %>',
    )
    expect(await rendered(viewEngine(keep), page, {})).toBe('nothing, nothing')
  })

  it('say what is wrong with them', async () => {
    const page = write('wrong.ejs', '<%= missing.name %>')
    await expect(rendered(viewEngine(keep), page, {})).rejects.toThrow('missing is not defined')
  })
})

it('views that change are read again, unless they are kept', async () => {
  const page = write('changing.ejs', 'before')
  const [kept, read] = [viewEngine(true), viewEngine(false)]
  for (const engine of [kept, read]) expect(await rendered(engine, page, {})).toBe('before')
  write('changing.ejs', 'after')
  expect(await rendered(kept, page, {})).toBe('before')
  expect(await rendered(read, page, {})).toBe('after')
})
