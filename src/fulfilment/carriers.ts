// Carriers whose pages show where a parcel is.

interface Carrier {
  name: string
  /** Where the tracking number is put in. */
  track: (number: string) => string
}

/** By the word that the command takes. */
export const CARRIERS: Readonly<Record<string, Carrier>> = {
  dhl: { name: 'DHL', track: (n) => `https://www.dhl.com/en/express/tracking.html?AWB=${n}` },
  'dhl-de': {
    name: 'DHL',
    track: (n) => `https://www.dhl.de/en/privatkunden/dhl-sendungsverfolgung.html?piececode=${n}`,
  },
  ups: { name: 'UPS', track: (n) => `https://www.ups.com/track?tracknum=${n}` },
  usps: { name: 'USPS', track: (n) => `https://tools.usps.com/go/TrackConfirmAction?tLabels=${n}` },
  fedex: { name: 'FedEx', track: (n) => `https://www.fedex.com/fedextrack/?trknbr=${n}` },
  dpd: { name: 'DPD', track: (n) => `https://tracking.dpd.de/status/en_US/parcel/${n}` },
  gls: { name: 'GLS', track: (n) => `https://gls-group.com/track/${n}` },
  hermes: {
    name: 'Hermes',
    track: (n) => `https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation#${n}`,
  },
  evri: { name: 'Evri', track: (n) => `https://www.evri.com/track/parcel/${n}` },
  'royal-mail': {
    name: 'Royal Mail',
    track: (n) => `https://www.royalmail.com/track-your-item#/tracking-results/${n}`,
  },
  'post-at': {
    name: 'Österreichische Post',
    track: (n) => `https://www.post.at/sv/sendungsdetails?snr=${n}`,
  },
  'swiss-post': {
    name: 'Swiss Post',
    track: (n) => `https://service.post.ch/ekp-web/ui/entry/search/${n}`,
  },
  postnl: { name: 'PostNL', track: (n) => `https://postnl.nl/tracktrace/?B=${n}` },
  'la-poste': { name: 'La Poste', track: (n) => `https://www.laposte.fr/outils/suivre-vos-envois?code=${n}` },
  'canada-post': {
    name: 'Canada Post',
    track: (n) => `https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor=${n}`,
  },
  'australia-post': {
    name: 'Australia Post',
    track: (n) => `https://auspost.com.au/mypost/track/details/${n}`,
  },
}

export interface Tracking {
  carrier: string | null
  trackingNumber: string | null
  trackingUrl: string | null
}

const MAX_TEXT = 80

/**
 * How a parcel is tracked.
 * @param given a word of `CARRIERS` or another carrier's name; the link replaces the carrier's own
 * @throws TrackingError with a sentence
 */
export function trackingOf(given: { carrier?: string; number?: string; link?: string }): Tracking {
  const carrier = textOf('carrier', 'The carrier', given.carrier)
  const number = textOf('tracking', 'The tracking number', given.number)
  const known = carrier === null ? undefined : CARRIERS[carrier.toLowerCase().replace(/[\s_]+/g, '-')]
  if (number !== null && known === undefined && carrier === null && given.link === undefined)
    throw new TrackingError(
      'carrier',
      'Whose tracking number is it? Name the carrier, or give the link to the page to follow it on.',
    )
  const link = given.link === undefined ? null : httpsLink(given.link)
  return {
    carrier: known?.name ?? carrier,
    trackingNumber: number,
    trackingUrl: link ?? (known && number !== null ? known.track(encodeURIComponent(number)) : null),
  }
}

/** Thrown when a carrier, number or link can't be used. */
export class TrackingError extends Error {
  override name = 'TrackingError'
  constructor(
    readonly field: 'carrier' | 'tracking' | 'link',
    message: string,
  ) {
    super(message)
  }
}

function textOf(field: TrackingError['field'], label: string, given: string | undefined): string | null {
  const text = given?.normalize('NFC').trim()
  if (text === undefined) return null
  if (text === '' || text.length > MAX_TEXT || /\p{Cc}/u.test(text))
    throw new TrackingError(field, `${label} needs a text of at most ${MAX_TEXT} characters.`)
  return text
}

function httpsLink(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url?.protocol !== 'https:' || url.username !== '' || url.href.length > 500)
    throw new TrackingError(
      'link',
      'The link needs an address that begins with https:// and has at most 500 characters.',
    )
  return url.href
}
