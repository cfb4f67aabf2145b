// Where a shopper changes what they want, when it can't be had as it is.

/** @param cartId null when the product was ordered by itself */
export function changeSelectionLink(
  productId: number,
  cartId: number | null,
): { href: string; label: string } {
  return cartId === null
    ? { href: `/pricing/${productId}`, label: 'Change the quantity' }
    : { href: '/cart', label: 'Change your cart' }
}
