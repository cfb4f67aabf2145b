// Lines of a CSV file (RFC 4180) that spreadsheets open as they are.

/**
 * A line with its end. Texts that a spreadsheet would take for a formula begin with an apostrophe (OWASP, CSV injection);
 * numbers stay numbers, also if they are written as text.
 */
export function csvLine(values: readonly (string | number | null)[]): string {
  return `${values.map(cell).join(',')}\r\n`
}

function cell(value: string | number | null): string {
  const text = String(value ?? '')
  const isFormula = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text)
  const safe = isFormula ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
