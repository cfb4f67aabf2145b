// Why stock was changed by hand.

export const STOCK_REASONS = {
  received: 'Goods received',
  counted: 'Counted: corrects a mistake',
  returned: 'Came back',
  damaged: 'Damaged or lost',
  used: 'Used by ourselves',
  other: 'Other',
} as const

export const LONGEST_STOCK_NOTE = 500

export type StockReason = keyof typeof STOCK_REASONS

export function isStockReason(text: string): text is StockReason {
  return Object.hasOwn(STOCK_REASONS, text)
}
