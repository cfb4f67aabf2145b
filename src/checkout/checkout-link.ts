// Links to the checkout page that keep what the shopper has chosen.

/** @param chosen undefined and null are left out, and a quantity of 1, which is the default */
export function checkoutHref(
  path: string,
  chosen: Readonly<Record<string, string | number | null | undefined>>,
): string {
  const query = Object.entries(chosen)
    .filter(([name, value]) => value !== null && value !== undefined && !(name === 'quantity' && value === 1))
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
    .join('&')
  return query === '' ? path : `${path}?${query}`
}
