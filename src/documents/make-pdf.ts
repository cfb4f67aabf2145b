// Lays out a document on A4 pages. Its fonts have the letters of Latin, Greek and Cyrillic; others are shown as boxes, and a
// line below says so.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type PDFDocument from 'pdfkit'
import { projectRoot } from '../config.js'
import { t } from '../messages/index.js'
import type { Block, Column, Fact, PdfContent, Row } from './document.js'

type Pdf = InstanceType<typeof PDFDocument>

/** What pdfkit takes as a font. A parsed one too, which its types don't say. */
type FontSource = Parameters<Pdf['registerFont']>[1]

/** Parsed with the first document, and kept: most of the time that a document takes is parsing. */
let fonts: Promise<{ regular: FontSource; bold: FontSource }> | undefined

async function readFonts(): Promise<{ regular: FontSource; bold: FontSource }> {
  const { create } = await import('fontkit')
  const read = async (name: string) =>
    create(await readFile(path.join(projectRoot, 'public', 'fonts', name))) as unknown as FontSource
  const [regular, bold] = await Promise.all([read('noto-sans-regular.ttf'), read('noto-sans-bold.ttf')])
  return { regular, bold }
}

/** In points. */
const MARGIN = 56
const FOOTER_HEIGHT = 40
const TEXT_SIZE = 10
const SMALL_SIZE = 8.5
const GAP = 12

const INK = '#1c1a17'
const SOFT = '#5f5a52'
const LINE = '#d8d2c8'

/** The letters that the fonts have, and marks that pdfkit needs none for. */
const COVERED =
  /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Common}\p{Script=Inherited}\s]*$/u

/** The document as a PDF with its own fonts. */
export async function makePdf(content: PdfContent): Promise<Buffer> {
  // Loaded with the first document: most processes make none.
  const { default: Document } = await import('pdfkit')
  const { regular, bold } = await (fonts ??= readFonts())
  const pdf = new Document({
    size: 'A4',
    margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: MARGIN + FOOTER_HEIGHT },
    bufferPages: true,
    // None until ours are known.
    font: '',
    lang: 'en',
    displayTitle: true,
    info: {
      Title: content.title,
      Author: content.author,
      CreationDate: content.at,
      ModDate: content.at,
    },
  })
  const chunks: Buffer[] = []
  const done = new Promise<Buffer>((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk))
    pdf.on('end', () => resolve(Buffer.concat(chunks)))
    pdf.on('error', reject)
  })
  pdf.registerFont('regular', regular).registerFont('bold', bold)
  drawHead(pdf, content)
  for (const block of content.blocks) drawBlock(pdf, block)
  if (!COVERED.test(textsOf(content).join(' '))) drawParagraph(pdf, t().documents.missingLetters, true)
  drawFooters(pdf, content.footer)
  pdf.end()
  return done
}

function widthOf(pdf: Pdf): number {
  return pdf.page.width - 2 * MARGIN
}

function drawHead(pdf: Pdf, { title, subtitle, blocks }: PdfContent): void {
  const sender = blocks.find((block) => block.kind === 'sender')
  const half = widthOf(pdf) / 2 - GAP
  pdf.font('bold').fontSize(22).fillColor(INK).text(title, MARGIN, MARGIN, { width: half })
  if (subtitle !== undefined)
    pdf.font('regular').fontSize(TEXT_SIZE).fillColor(SOFT).text(subtitle, { width: half })
  const left = pdf.y
  let right = MARGIN
  if (sender) {
    const x = MARGIN + widthOf(pdf) / 2
    const width = widthOf(pdf) / 2
    pdf
      .font('bold')
      .fontSize(TEXT_SIZE + 2)
      .fillColor(INK)
      .text(sender.name, x, MARGIN, { width, align: 'right' })
    pdf.font('regular').fontSize(TEXT_SIZE).fillColor(SOFT)
    for (const line of sender.lines) pdf.text(line, { width, align: 'right' })
    right = pdf.y
  }
  pdf.x = MARGIN
  pdf.y = Math.max(left, right) + 2 * GAP
}

function drawBlock(pdf: Pdf, block: Block): void {
  if (block.kind === 'heading') {
    keepTogether(pdf, 60)
    pdf
      .font('bold')
      .fontSize(13)
      .fillColor(INK)
      .text(block.text, MARGIN, pdf.y, { width: widthOf(pdf) })
    pdf.y += GAP / 2
  } else if (block.kind === 'paragraph') drawParagraph(pdf, block.text, block.soft === true)
  else if (block.kind === 'facts') drawFacts(pdf, block.facts)
  else if (block.kind === 'table') drawTable(pdf, block.columns, block.rows)
  else if (block.kind === 'rule') drawRule(pdf)
  else if (block.kind === 'page') pdf.addPage()
}

function drawParagraph(pdf: Pdf, text: string, soft: boolean): void {
  pdf
    .font('regular')
    .fontSize(soft ? SMALL_SIZE : TEXT_SIZE)
    .fillColor(soft ? SOFT : INK)
    .text(text, MARGIN, pdf.y, { width: widthOf(pdf), lineGap: 2 })
  pdf.y += GAP / 2
}

function drawRule(pdf: Pdf): void {
  pdf
    .moveTo(MARGIN, pdf.y)
    .lineTo(MARGIN + widthOf(pdf), pdf.y)
    .lineWidth(0.75)
    .strokeColor(LINE)
    .stroke()
  pdf.y += GAP
}

function drawFacts(pdf: Pdf, facts: readonly Fact[]): void {
  const width = (widthOf(pdf) - GAP) / 2
  for (let index = 0; index < facts.length; index += 2) {
    const pair = facts.slice(index, index + 2)
    const height = Math.max(...pair.map((fact) => heightOfFact(pdf, fact, width)))
    keepTogether(pdf, height)
    const top = pdf.y
    for (const [position, { label, lines }] of pair.entries()) {
      const x = MARGIN + position * (width + GAP)
      pdf.font('regular').fontSize(SMALL_SIZE).fillColor(SOFT).text(label, x, top, { width })
      pdf.fontSize(TEXT_SIZE).fillColor(INK)
      for (const line of lines) pdf.text(line, x, pdf.y, { width })
    }
    pdf.y = top + height + GAP
  }
  pdf.x = MARGIN
}

function heightOfFact(pdf: Pdf, { label, lines }: Fact, width: number): number {
  pdf.font('regular').fontSize(SMALL_SIZE)
  const head = pdf.heightOfString(label, { width })
  pdf.fontSize(TEXT_SIZE)
  return lines.reduce((sum, line) => sum + pdf.heightOfString(line, { width }), head)
}

function drawTable(pdf: Pdf, columns: readonly Column[], rows: readonly Row[]): void {
  drawRow(pdf, columns, { cells: columns.map(({ title }) => title) }, { size: SMALL_SIZE, color: SOFT })
  for (const row of rows) {
    // The heads stand on every page.
    if (heightOfRow(pdf, columns, row) > roomLeft(pdf)) {
      pdf.addPage()
      drawRow(pdf, columns, { cells: columns.map(({ title }) => title) }, { size: SMALL_SIZE, color: SOFT })
    }
    drawRow(pdf, columns, row, { size: TEXT_SIZE, color: INK })
  }
  pdf.y += GAP
}

function drawRow(
  pdf: Pdf,
  columns: readonly Column[],
  row: Row,
  style: { size: number; color: string },
): void {
  const height = heightOfRow(pdf, columns, row)
  const top = pdf.y
  pdf
    .moveTo(MARGIN, top)
    .lineTo(MARGIN + widthOf(pdf), top)
    .lineWidth(0.5)
    .strokeColor(LINE)
    .stroke()
  pdf
    .font(row.isTotal ? 'bold' : 'regular')
    .fontSize(style.size)
    .fillColor(style.color)
  let x = MARGIN
  for (const [index, { align = 'left' }] of columns.entries()) {
    const width = columnWidth(pdf, columns, index)
    pdf.text(row.cells[index] ?? '', x, top + 5, { width: cellWidth(pdf, columns, index), align })
    x += width
  }
  pdf.x = MARGIN
  pdf.y = top + height
}

function heightOfRow(pdf: Pdf, columns: readonly Column[], { cells, isTotal }: Row): number {
  pdf.font(isTotal ? 'bold' : 'regular').fontSize(TEXT_SIZE)
  const heights = columns.map((_, index) =>
    pdf.heightOfString(cells[index] ?? '', { width: cellWidth(pdf, columns, index) }),
  )
  return Math.max(...heights) + 10
}

function columnWidth(pdf: Pdf, columns: readonly Column[], index: number): number {
  const shares = columns.reduce((sum, { share }) => sum + share, 0)
  return (widthOf(pdf) * (columns[index]?.share ?? 0)) / shares
}

/** Without the gap to the next column. */
function cellWidth(pdf: Pdf, columns: readonly Column[], index: number): number {
  return columnWidth(pdf, columns, index) - (index === columns.length - 1 ? 0 : GAP / 2)
}

function roomLeft(pdf: Pdf): number {
  return pdf.page.height - MARGIN - FOOTER_HEIGHT - pdf.y
}

function keepTogether(pdf: Pdf, height: number): void {
  if (height > roomLeft(pdf)) pdf.addPage()
}

function drawFooters(pdf: Pdf, footer: string): void {
  const { count } = pdf.bufferedPageRange()
  for (let page = 0; page < count; page++) {
    pdf.switchToPage(page)
    // Text in the margin would begin another page.
    pdf.page.margins.bottom = 0
    const y = pdf.page.height - MARGIN - SMALL_SIZE
    const width = widthOf(pdf)
    pdf.font('regular').fontSize(SMALL_SIZE).fillColor(SOFT)
    pdf.text(footer, MARGIN, y - SMALL_SIZE, { width: width - 80, height: 3 * SMALL_SIZE, ellipsis: true })
    pdf.text(t().documents.page(page + 1, count), MARGIN + width - 80, y - SMALL_SIZE, {
      width: 80,
      align: 'right',
    })
  }
}

function textsOf({ title, subtitle = '', blocks }: PdfContent): string[] {
  return [title, subtitle, ...blocks.flatMap(textsOfBlock)]
}

function textsOfBlock(block: Block): readonly string[] {
  switch (block.kind) {
    case 'sender':
      return [block.name, ...block.lines]
    case 'heading':
    case 'paragraph':
      return [block.text]
    case 'facts':
      return block.facts.flatMap(({ label, lines }) => [label, ...lines])
    case 'table':
      return block.rows.flatMap(({ cells }) => cells)
    case 'rule':
    case 'page':
      return []
  }
}
