// PDFs: their pages, and letters that their fonts lack.
import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Block, PdfContent } from '../../src/documents/document.js'
import { makePdf } from '../../src/documents/make-pdf.js'
import { countPdfPages } from '../../src/documents/pdf-pages.js'

const at = new Date('2026-12-01T10:00:00Z')

function content(...blocks: Block[]): PdfContent {
  return { title: 'Receipt', subtitle: 'T-1', author: 'Till', at, blocks, footer: 'As of today' }
}

const rows = (count: number): Block => ({
  kind: 'table',
  columns: [
    { title: 'Product', share: 3 },
    { title: 'Amount', share: 1, align: 'right' },
  ],
  rows: Array.from({ length: count }, (_, index) => ({ cells: [`Mug ${index}`, '$1.00'] })),
})

describe('a document', () => {
  it('has as many pages as its rows need', async () => {
    expect(countPdfPages(await makePdf(content(rows(3))))).toBe(1)
    const long = countPdfPages(await makePdf(content(rows(100))))
    expect(long).toBeGreaterThanOrEqual(4)
    expect(long).toBeLessThanOrEqual(6)
  })

  it('breaks long texts over pages', async () => {
    const text = 'We sent it, and it arrived. '.repeat(600)
    expect(countPdfPages(await makePdf(content({ kind: 'paragraph', text })))).toBeGreaterThan(2)
  })

  it('carries its fonts, and only the letters that it needs', async () => {
    const latin = await makePdf(content({ kind: 'paragraph', text: 'Ada' }))
    expect(latin.toString('latin1')).toContain('/FontFile2')
    expect(latin.length).toBeLessThan(60_000)
    const others = await makePdf(content({ kind: 'paragraph', text: 'Żółć Ἀλέξανδρος Пётр' }))
    expect(others.length).toBeGreaterThan(latin.length)
  })

  it('says so when letters are missing', async () => {
    const known = await makePdf(content({ kind: 'paragraph', text: 'Żółć' }))
    const unknown = await makePdf(content({ kind: 'paragraph', text: '山田' }))
    // The sentence about them takes more letters than the boxes.
    expect(unknown.length).toBeGreaterThan(known.length + 500)
  })
})

describe('pages of other PDFs', () => {
  const page = (id: number) => `${id} 0 obj\n<< /Type /Page /Parent 2 0 R >>\nendobj\n`

  it('are counted once each, also where a program appended changes', () => {
    const file = `%PDF-1.4\n${page(3)}${page(4)}2 0 obj\n<< /Type /Pages /Count 2 >>\nendobj\n`
    expect(countPdfPages(Buffer.from(file))).toBe(2)
    expect(countPdfPages(Buffer.from(`${file}%%EOF\n${page(4)}`))).toBe(2)
  })

  it('are found in compressed parts', () => {
    const head = '%PDF-1.7\n7 0 obj\n<< /Type /ObjStm /Filter /FlateDecode >>\nstream\n'
    const packed = deflateSync(Buffer.from('<< /Type /Page >> << /Type /Page >> << /Type /Pages >>'))
    const file = Buffer.concat([Buffer.from(head), packed, Buffer.from('\nendstream\nendobj\n')])
    expect(countPdfPages(file)).toBe(2)
  })

  it.each([
    ['damaged', '%PDF-1.4 nothing'],
    ['protected by a password', `%PDF-1.4\n${page(3)}trailer << /Encrypt 9 0 R >>`],
  ])('of one that is %s are unknown', (_, file) => {
    expect(countPdfPages(Buffer.from(file))).toBeNull()
  })
})
