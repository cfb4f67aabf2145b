// Texts of every PDF.
export const documents = {
  page: (page: number, count: number) => `Page ${page} of ${count}`,
  packingSlip: {
    heading: 'Packing slip',
    to: 'To',
    ordered: 'Ordered',
    delivery: 'Delivery',
    item: 'Item',
    sku: 'SKU',
    units: 'Units',
    nothing: 'Nothing of this order is left to send.',
  },
  missingLetters:
    'Some letters can’t be printed in this document and are shown as boxes. The page that it was made from has them.',
}
