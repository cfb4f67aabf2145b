// The list of products and the product page, in German.
import type { Messages } from '../en/index.js'
import { list } from './list.js'

export const catalog: Messages['catalog'] = {
  tooManySearches: 'Zu viele Suchen in kurzer Zeit. Bitte warten Sie eine Minute.',
  shopTitle: 'Sortiment',
  heading: 'Für Schreibtisch und Küche',
  resultsFor: (search) => `Ergebnisse für „${search}“`,
  categories: 'Kategorien',
  all: 'Alle',
  sortBy: 'Sortieren nach',
  sort: 'Sortieren',
  sorts: {
    best: 'Beste Treffer',
    newest: 'Neueste',
    'price-up': 'Preis: aufsteigend',
    'price-down': 'Preis: absteigend',
    name: 'Name: A bis Z',
  },
  count: (products) => `${products} Artikel`,
  countMore: (products) => `Mehr als ${products.toLocaleString('de-DE')} Artikel`,
  filters: 'Filter',
  filtersChosen: (chosen) => `${chosen} gewählt`,
  priceFrom: 'Von',
  priceUpTo: 'Bis',
  priceIn: (currency) => `Preis in ${currency}`,
  priceAtLeast: (price) => `Ab ${price}`,
  priceAtMost: (price) => `Bis ${price}`,
  inStockOnly: 'Nur Artikel auf Lager',
  showResults: 'Artikel anzeigen',
  clearFilters: 'Filter zurücksetzen',
  removeFilter: 'Filter entfernen:',
  corrected: (typed, meant) =>
    `Keine Ergebnisse für „${typed}“. Stattdessen sehen Sie Ergebnisse für „${meant}“.`,
  noMatch: 'Kein Artikel passt zu diesen Filtern',
  noMatchText: 'Entfernen Sie einen Filter, um mehr zu sehen.',
  popular: 'Beliebte Artikel',
  added: (name) => `„${name}“ liegt jetzt in Ihrem Warenkorb.`,
  viewCart: 'Zum Warenkorb',
  noResults: (search) => `Keine Ergebnisse für „${search}“`,
  noResultsText:
    'Prüfen Sie die Schreibweise, suchen Sie nach weniger Wörtern, oder stöbern Sie in einer Kategorie.',
  nothingHere: 'Hier gibt es noch nichts',
  nothingHereText: 'In dieser Kategorie gibt es zurzeit keine Artikel.',
  showAll: 'Alle Artikel anzeigen',

  soldOut: 'Ausverkauft',
  onlyLeft: (units) => `Nur noch ${units} auf Lager`,
  inStock: 'Auf Lager',

  from: (price) => `Ab ${price}`,

  picture: (name) => `${name} (Abbildung)`,
  soldOutText: 'Zurzeit nicht vorrätig.',
  chooseOptions: 'Ausführung wählen',
  pricesAndStock: 'Preise und Verfügbarkeit',
  script: { soldOut: 'Ausverkauft', notAvailable: 'Nicht erhältlich' },
  chooseFirstTitle: 'Wählen Sie eine Ausführung',
  chooseFirst: (options) =>
    options.length === 0
      ? 'Wählen Sie zuerst die gewünschte Ausführung.'
      : `Wählen Sie zuerst: ${list(options)}.`,
  notOfferedTitle: 'Nicht erhältlich',
  combinationNotOffered: (product, values) =>
    `„${product}“ gibt es nicht in der Ausführung ${values}. Wählen Sie eine andere Kombination.`,
  variantNotSold: (product) => `„${product}“ gibt es in dieser Ausführung nicht. Wählen Sie eine andere.`,
  tax: { included: 'inkl. MwSt.', added: 'zzgl. MwSt., die auf der Zahlungsseite berechnet wird' },
  quantity: 'Menge',
  purchase: 'Jetzt kaufen',
  fewer: 'Eins weniger',
  moreUnits: 'Eins mehr',
  breadcrumbs: 'Sie sind hier',
  gallery: 'Bilder',
  largePicture: (alt) => `${alt}, vergrößert`,
  close: 'Schließen',
  related: 'Das könnte Ihnen auch gefallen',
  specifications: 'Eigenschaften',
  delivery: {
    none: 'Keine Lieferung nötig',
    shipsTo: (places) => `Lieferung nach: ${places}`,
    everywhere: 'Weltweite Lieferung',
    countries: (count) => `${count} Länder`,
    free: 'Versand kostenlos',
    from: (price) => `Versand ab ${price}`,
    returns: (days) => `${days} Tage Rückgaberecht`,
  },
  addToCart: 'In den Warenkorb',
  details: 'Beschreibung',

  cancelled: 'Es wurde nichts abgebucht.',
  cancelledWithOrder:
    'Es wurde nichts abgebucht. Ihre Bestellung ist gespeichert, und Sie können bezahlen, wann Sie möchten.',
  viewOrder: 'Bestellung ansehen',
}
