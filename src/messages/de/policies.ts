// The pages in the owner's own words: their titles, and what stands around them, in German.
import type { Messages } from '../en/index.js'

export const policies: Messages['policies'] = {
  titles: {
    terms: 'AGB',
    privacy: 'Datenschutz',
    returns: 'Rückgabe und Widerruf',
    contact: 'Kontakt',
  },
  navigation: 'Rechtliches',
  published: (version, date) => `Fassung ${version}, veröffentlicht am ${date}.`,
  earlier: 'Frühere Fassungen',
  earlierLink: (version, date) => `Fassung ${version}, ${date}`,
  replaced: 'Diese Fassung wurde ersetzt.',
  withdrawn: 'Diese Fassung gilt nicht mehr.',
  current: 'Aktuelle Fassung lesen',
  email: 'E-Mail',
  seller: 'Verkäufer',
}
