// The day by which a bank payment should arrive, the same on pages and in emails.

/** A bank debit takes five working days, which always include a weekend. */
const BANK_DAYS = 7

interface BankPayment {
  status: string
  processingAt: Date | null
}

/** The day by which a processing payment should succeed or fail; null when none is processing. */
export function expectedBy(attempts: readonly BankPayment[]): Date | null {
  const since = attempts.find(({ status }) => status === 'processing')?.processingAt ?? null
  return since && new Date(since.getTime() + BANK_DAYS * 24 * 60 * 60 * 1000)
}
