// A PDF of plain lines: enough for a test invoice that people can open and print.

const LINES_PER_PAGE = 44
const LONGEST_LINE = 95

/** Characters of WinAnsiEncoding outside Latin-1. */
const WIN_ANSI: Readonly<Record<string, number>> = {
  '€': 0x80,
  '…': 0x85,
  '‘': 0x91,
  '’': 0x92,
  '“': 0x93,
  '”': 0x94,
  '•': 0x95,
  '–': 0x96,
  '—': 0x97,
}

/** A PDF with a title and lines of text. Letters that its font lacks become question marks. */
export function textPdf(title: string, lines: readonly string[]): Buffer {
  const pages: string[][] = []
  for (let start = 0; start === 0 || start < lines.length; start += LINES_PER_PAGE)
    pages.push(lines.slice(start, start + LINES_PER_PAGE))
  const pageIds = pages.map((_, index) => 4 + index * 2)
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${pageIds.map((id) => `${id} 0 R`).join(' ')}] /Count ${pages.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    ...pages.flatMap((text, index) => {
      const content = contentOf(index === 0 ? title : '', text)
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${(pageIds[index] ?? 0) + 1} 0 R >>`,
        `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
      ]
    }),
  ]
  let file = '%PDF-1.4\n'
  const offsets = objects.map((object, index) => {
    const offset = file.length
    file += `${index + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const table = file.length
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}`
  file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`
  // One byte per character, so that the offsets above are those of the bytes.
  return Buffer.from(file, 'latin1')
}

function contentOf(title: string, lines: readonly string[]): string {
  const heading = title === '' ? '' : `/F1 20 Tf (${escaped(title)}) Tj T* `
  const text = lines.map((line) => `(${escaped(line.slice(0, LONGEST_LINE))}) Tj T*`).join('\n')
  return `BT 56 780 Td 16 TL ${heading}/F1 11 Tf T*\n${text}\nET`
}

function escaped(text: string): string {
  return Array.from(text.replace(/[\u00a0\u202f]/g, ' '), (letter) => {
    const code = WIN_ANSI[letter] ?? letter.charCodeAt(0)
    return code < 0x20 || code > 0xff ? '?' : String.fromCharCode(code)
  })
    .join('')
    .replace(/[\\()]/g, '\\$&')
}
