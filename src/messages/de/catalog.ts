// The list of products and the product page, in German.
import type { Messages } from '../en/index.js'
import { list } from './list.js'

export const catalog: Messages['catalog'] = {
  tooManySearches: 'Zu viele Suchen in kurzer Zeit. Bitte warten Sie eine Minute.',
  shopTitle: 'Sortiment',
  heading: 'Für Schreibtisch und Küche',
  resultsFor: (search) => `Ergebnisse für „${search}“`,
  searchLabel: 'Artikel suchen',
  search: 'Suchen',
  categories: 'Kategorien',
  all: 'Alle',
  sortBy: 'Sortieren nach',
  sorts: {
    newest: 'Neueste',
    'price-up': 'Preis: aufsteigend',
    'price-down': 'Preis: absteigend',
    name: 'Name: A bis Z',
  },
  count: (products) => `${products} Artikel`,
  noResults: (search) => `Keine Ergebnisse für „${search}“`,
  noResultsText: 'Versuchen Sie es mit einem kürzeren Wort, oder stöbern Sie in allen Artikeln.',
  nothingHere: 'Hier gibt es noch nichts',
  nothingHereText: 'In dieser Kategorie gibt es zurzeit keine Artikel.',
  showAll: 'Alle Artikel anzeigen',

  soldOut: 'Ausverkauft',
  onlyLeft: (units) => `Nur noch ${units} auf Lager`,
  inStock: 'Auf Lager',

  from: (price) => `Ab ${price}`,

  allProducts: 'Alle Artikel',
  picture: (name) => `${name} (Abbildung)`,
  soldOutText: 'Zurzeit nicht vorrätig.',
  seeInStock: 'Vorrätige Artikel ansehen',
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
  addToCart: 'In den Warenkorb',
  details: 'Beschreibung',

  cancelled: 'Es wurde nichts abgebucht.',
  cancelledWithOrder:
    'Es wurde nichts abgebucht. Ihre Bestellung ist gespeichert, und Sie können bezahlen, wann Sie möchten.',
  viewOrder: 'Bestellung ansehen',
}
