// Until when a bank's answer is waited for: the same day on the pages and in the mail.

/** A bank debit takes five working days; a weekend is always among them. */
const BANK_DAYS = 7

interface Asked {
  status: string
  processingAt: Date | null
}

/** The day by which a payment on its way should be here, or known to fail; null when none is on its way. */
export function expectedBy(attempts: readonly Asked[]): Date | null {
  const since = attempts.find(({ status }) => status === 'processing')?.processingAt ?? null
  return since && new Date(since.getTime() + BANK_DAYS * 24 * 60 * 60 * 1000)
}
