// The cart's page, in German.
import type { Messages } from '../en/index.js'

export const cart: Messages['cart'] = {
  title: 'Ihr Warenkorb',
  emptyHeading: 'Ihr Warenkorb ist leer',
  emptyText: 'Artikel, die Sie hinzufügen, erscheinen hier.',
  goToShop: 'Zum Sortiment',
  severalCurrencies:
    'Diese Artikel haben Preise in verschiedenen Währungen und müssen getrennt bestellt werden.',
  items: 'Artikel',
  itemsIn: (currency) => `Artikel in ${currency}`,
  take: (quantity) => `Auf ${quantity} ändern`,
  takeContext: (quantity, name) => `statt ${quantity} × ${name}`,
  quantityOf: (name) => `Menge von ${name}`,
  update: 'Aktualisieren',
  updateContext: (name) => `Menge von ${name}`,
  remove: 'Entfernen',
  total: 'Gesamtsumme',
  subtotalAvailable: 'Zwischensumme (verfügbare Artikel)',
  checkOut: 'Zur Kasse',
  checkOutContext: (currency) => `in ${currency}`,
  deliveryNext: 'Versand und Steuern sehen Sie an der Kasse.',
  signInNext: 'Melden Sie sich an, um zur Kasse zu gehen. Versand und Steuern sehen Sie danach.',
  continueShopping: 'Weiter einkaufen',

  added: (name) => `„${name}“ liegt jetzt in Ihrem Warenkorb.`,
  again: (number) => `Die Artikel der Bestellung ${number} liegen jetzt in Ihrem Warenkorb.`,
  againMissing: (name) =>
    `„${name}“ konnte nicht hinzugefügt werden: Der Artikel ist zurzeit nicht erhältlich.`,
  againFewer: (name, left) => `Von „${name}“ sind nur noch ${left} da.`,
  removed: 'Aus dem Warenkorb entfernt.',
  joined: 'Wir haben die Artikel hinzugefügt, die Sie vor dem Anmelden ausgesucht hatten.',
  cancelled: 'Es wurde nichts abgebucht. Ihr Warenkorb ist noch da.',

  noLongerSold: 'Nicht mehr erhältlich',
  soldOut: 'Ausverkauft',
  heldByOrder: (number) => `Reserviert für Ihre Bestellung ${number}`,
  onlyLeft: (units) => `Nur noch ${units} auf Lager`,
  removeNoLongerSold: (name) =>
    `„${name}“ ist nicht mehr erhältlich. Entfernen Sie den Artikel, um fortzufahren.`,
  removeSoldOut: (name) => `„${name}“ ist ausverkauft. Entfernen Sie den Artikel, um fortzufahren.`,
  tooMany: (name, left) =>
    `Von „${name}“ sind nur noch ${left} da. Wählen Sie eine kleinere Menge, um fortzufahren.`,
  tooManyProducts: (max) =>
    `Eine Bestellung kann höchstens ${max} verschiedene Artikel enthalten. Entfernen Sie einige und bestellen Sie sie getrennt.`,
  tooMuch: 'Diese Summe ist für eine einzelne Zahlung zu hoch. Wählen Sie weniger Artikel, um fortzufahren.',
  priceChanged: (now, before) => `Der Stückpreis hat sich von ${before} auf ${now} geändert.`,
  atMaximum: (max) => `Sie können höchstens ${max} bestellen.`,

  invalidQuantityTitle: 'Ungültige Menge',
  invalidQuantity: (min, max) => `Wählen Sie eine Menge von ${min} bis ${max}.`,
  fullTitle: 'Ihr Warenkorb ist voll',
  full: (max) =>
    `Ein Warenkorb fasst höchstens ${max} verschiedene Artikel. Gehen Sie zuerst zur Kasse oder entfernen Sie einen Artikel.`,
  notInCartTitle: 'Nicht im Warenkorb',
  notInCart: 'Dieser Artikel liegt nicht mehr in Ihrem Warenkorb.',
  seeCart: 'Zum Warenkorb',
  tooManyCarts: 'Zu viele neue Warenkörbe aus Ihrem Netz. Bitte warten Sie eine Minute.',
}
