// The address of a product's picture as Stripe's page loads it.

/** Stripe's limit. */
const LONGEST = 2048
/** Names of machines that Stripe can't reach. */
const LOCAL =
  /^(localhost|.*\.(localhost|local|internal|test)|127\..*|10\..*|192\.168\..*|169\.254\..*|172\.(1[6-9]|2\d|3[01])\..*|\[.*\])$/

/**
 * @param image a URL path on our host, or a whole URL such as that of a CDN
 * @returns null for a picture that Stripe would refuse or could not show: the order is paid without it
 */
export function pictureUrl(
  image: string,
  { baseUrl, livemode }: { baseUrl: string; livemode: boolean },
): string | null {
  if (image === '' || !URL.canParse(image, `${baseUrl}/`)) return null
  const url = new URL(image, `${baseUrl}/`)
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.href.length > LONGEST) return null
  // In test mode the local Stripe shows pictures of this machine.
  if (livemode && (url.protocol !== 'https:' || LOCAL.test(url.hostname))) return null
  return url.href
}
