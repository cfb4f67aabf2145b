// The address of a product's picture in a mail.

/** Most mail programs show no SVG, and an empty frame is worse than none. */
const NOT_SHOWN = /\.svg(\?|$)/i

/** @param image its path, or its https address. @returns null for one that mail programs don't show */
export function mailPicture(image: string, baseUrl: string): string | null {
  if (image === '' || NOT_SHOWN.test(image) || !URL.canParse(image, `${baseUrl}/`)) return null
  return new URL(image, `${baseUrl}/`).href
}
