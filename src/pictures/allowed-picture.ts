// Which addresses may be a picture of a product: those of this site, and https addresses on hosts that the owner allows.
import { PictureError } from './picture-error.js'

/** Browsers show no others: http/security.ts sends the same list with every page. @throws PictureError with a sentence */
export function checkPictureAddress(image: string, allowedHosts: readonly string[]): void {
  if (image.startsWith('/')) return
  const url = URL.canParse(image) ? new URL(image) : null
  if (url?.protocol !== 'https:')
    throw new PictureError('The address of a picture begins with https://, or with / for one on this site.')
  if (!allowedHosts.includes(url.host))
    throw new PictureError(
      `Pictures on ${url.host} aren’t allowed. An owner can allow the host in the settings (picture-hosts).`,
    )
}
