// From the checkout page to Stripe's page and back, and what can go wrong on the way, in German.
import type { Messages } from '../en/index.js'
import { list } from './list.js'

export const checkout: Messages['checkout'] = {
  title: 'Kasse',
  checkOut: 'Zur Kasse',
  backToProduct: 'Zurück zum Artikel',
  backToCart: 'Warenkorb bearbeiten',
  yourOrder: 'Ihre Bestellung',
  summary: (total) => `Ihre Bestellung · ${total}`,
  total: 'Gesamtsumme',
  totalBeforeTax: 'Gesamtsumme vor Steuern',
  totalBeforeDelivery: 'Gesamtsumme ohne Versand',
  totalBeforeBoth: 'Gesamtsumme ohne Versand und Steuern',
  subtotal: 'Zwischensumme',
  delivery: 'Versand',
  notChosen: 'Land wählen',
  notAvailable: 'Nicht möglich',
  tax: 'MwSt.',
  taxLater: 'Wird auf der Zahlungsseite berechnet',
  taxIncluded: 'inkl. MwSt.',
  email: 'E-Mail-Adresse',
  country: 'Land',
  chooseCountry: 'Land wählen',
  countryHint: 'Ist Ihr Land nicht dabei, liefern wir noch nicht dorthin.',
  deliveryOptions: 'Versandarten',
  freeFrom: (total) => `Kostenlos ab ${total}`,
  addressLater: 'Ihre Adresse geben Sie auf der Zahlungsseite ein.',
  promotionLater: 'Einen Gutscheincode können Sie auf der Zahlungsseite eingeben.',
  showDelivery: 'Versandarten anzeigen',
  noDelivery: 'Diese Bestellung können wir zurzeit nicht liefern.',
  noDeliveryText: 'Dafür ist keine Versandart eingerichtet. Bitte versuchen Sie es später noch einmal.',
  soldOut: 'Ausverkauft.',
  soldOutText: 'Zurzeit nicht vorrätig.',
  seeInStock: 'Vorrätige Artikel ansehen',
  quantity: 'Menge',
  update: 'Aktualisieren',
  // The law of the EU and of Germany (§ 312j BGB) asks for this wording on the button that orders.
  pay: (total) => `Zahlungspflichtig bestellen · ${total}`,
  payPlusTax: (total) => `Zahlungspflichtig bestellen · ${total} zzgl. MwSt.`,
  confirmationHere: 'An diese Adresse senden wir Ihre Bestätigung.',
  script: {
    openingStripe: 'Die Seite von Stripe wird geöffnet …',
    failed: 'Das hat nicht geklappt. Bitte versuchen Sie es gleich noch einmal.',
    viewOrders: 'Bestellungen ansehen',
    signIn: 'Anmelden',
  },
  quantityAdjusted: (quantity, max) =>
    max === 1
      ? `Davon können Sie nur 1 Stück bestellen. Wir haben die Menge auf ${quantity} geändert.`
      : `Davon können Sie 1 bis ${max} Stück bestellen. Wir haben die Menge auf ${quantity} geändert.`,

  totalUpdated: (total) => `Die Gesamtsumme beträgt jetzt ${total}. Prüfen Sie sie, bevor Sie bestellen.`,
  continueTitle: 'Ihre Bestellung kann jetzt bezahlt werden',
  continueText: 'Unser Zahlungsdienstleister Stripe nimmt die Zahlung auf seiner eigenen Seite entgegen.',

  guest: {
    emailHint: 'An diese Adresse senden wir Ihre Bestätigung mit einem Link zu Ihrer Bestellung.',
    haveAccount: 'Haben Sie schon ein Konto?',
    signIn: 'Anmelden',
    outcome: {
      paid: 'Ihre Bestellung ist bezahlt. Die Einzelheiten und einen Link zu Ihrer Bestellung haben wir Ihnen per E-Mail gesendet.',
      preparing:
        'Ihre Bestellung ist bezahlt. Die Einzelheiten und einen Link zu Ihrer Bestellung haben wir Ihnen per E-Mail gesendet. Sobald wir sie versenden, schreiben wir Ihnen wieder.',
    },
    tooMany:
      'Zu viele Bestellungen ohne Konto in kurzer Zeit. Melden Sie sich an, um jetzt zu bestellen, oder versuchen Sie es in einer Stunde noch einmal.',
    inAccountTitle: 'Diese Bestellung gehört zu einem Konto',
    inAccount:
      'Der Link zeigt Ihnen die Bestellung. Um sie zu bezahlen, melden Sie sich mit dem Konto an, zu dem sie gehört.',
  },

  noMailServer: 'Es ist kein E-Mail-Server eingerichtet:',
  readMailHere: 'hier lesen',
  updatesItself: 'Diese Seite aktualisiert sich von selbst.',
  refresh: 'Neu laden',
  continueToPay: 'Weiter zur Zahlung',
  tryAgain: 'Noch einmal versuchen',
  backToShop: 'Zurück zum Shop',
  viewOrder: 'Bestellung ansehen',

  outcome: {
    paid: {
      heading: 'Vielen Dank für Ihre Bestellung',
      text: 'Ihre Bestellung ist bezahlt. Die Einzelheiten haben wir Ihnen per E-Mail gesendet. In Ihrem Konto können Sie die Bestellung jederzeit ansehen.',
    },
    partially_refunded: { heading: 'Diese Bestellung ist teilweise erstattet' },
    refunded: { heading: 'Diese Bestellung ist erstattet' },
    disputed: {
      heading: 'Ihre Bank prüft diese Zahlung',
      text: 'Ihre Bank behält das Geld ein, bis sie entschieden hat. Hier müssen Sie nichts tun.',
    },
    charged_back: { heading: 'Ihre Bank hat Ihnen das Geld zurückgegeben' },
    processing: { heading: 'Ihre Zahlung ist unterwegs' },
    confirming: {
      heading: 'Wir bestätigen Ihre Zahlung',
      text: 'Das dauert ein paar Sekunden. Sie können hier warten oder die Seite verlassen: Wir schreiben Ihnen in jedem Fall. Bitte bezahlen Sie nicht noch einmal.',
    },
    failed: {
      heading: 'Ihre Zahlung hat nicht geklappt',
      text: 'Es wurde nichts abgebucht. Ihre Bestellung ist gespeichert, und Sie können es mit einer anderen Zahlungsart noch einmal versuchen.',
    },
    expired: {
      heading: 'Die Zeit zum Bezahlen ist abgelaufen',
      text: 'Die Zahlungsseite wurde geschlossen, bevor Sie bezahlt haben, und es wurde nichts abgebucht. Ihre Bestellung ist gespeichert, und Sie können es noch einmal versuchen.',
    },
    pending: {
      heading: 'Diese Bestellung ist noch nicht bezahlt',
      text: 'Sie haben die Zahlung nicht abgeschlossen, und es wurde nichts abgebucht. Machen Sie dort weiter, wo Sie aufgehört haben.',
    },
    canceled: { heading: 'Diese Bestellung ist storniert' },
    preparing: {
      heading: 'Vielen Dank für Ihre Bestellung',
      text: 'Ihre Bestellung ist bezahlt. Die Einzelheiten haben wir Ihnen per E-Mail gesendet. Sobald wir sie versenden, schreiben wir Ihnen wieder. In Ihrem Konto können Sie die Bestellung jederzeit ansehen.',
    },
    partly_shipped: { heading: 'Ein Teil Ihrer Bestellung ist unterwegs' },
    shipped: { heading: 'Ihre Bestellung ist unterwegs' },
    delivered: { heading: 'Ihre Bestellung ist angekommen' },
    return_requested: { heading: 'Sie möchten etwas zurücksenden' },
    return_accepted: { heading: 'Ihre Rücksendung ist angenommen' },
    return_received: { heading: 'Ihre Rücksendung ist angekommen' },
  },
  notSeenHereTitle: 'Melden Sie sich an, um Ihre Bestellung zu sehen',
  notSeenHere:
    'Wenn Sie bezahlt haben, schreiben wir Ihnen über Ihre Zahlung und Ihre Bestellung. Um die Bestellung zu sehen, melden Sie sich an oder öffnen Sie den Link in unserer E-Mail.',
  linkHeading: 'Vielen Dank',
  linkText: 'Wir schreiben Ihnen über Ihre Zahlung und Ihre Bestellung. Sie können diese Seite schließen.',
  voucherHeading: 'Noch ein Schritt: Bezahlen Sie Ihre Bestellung',

  cartEmpty: 'Ihr Warenkorb ist leer.',
  cartSeveralCurrencies: (currencies) =>
    `Ihr Warenkorb enthält Preise in ${list(currencies)}. Jede Währung braucht eine eigene Bestellung: Wählen Sie, womit Sie anfangen möchten.`,
  cartPriceChanged:
    'Ein Preis hat sich geändert, deshalb haben wir Ihre Bestellung nicht aufgenommen. Prüfen Sie die neue Summe, bevor Sie zur Kasse gehen.',
  cartChanged:
    'Ihr Warenkorb hat sich geändert, seit Sie diese Seite geöffnet haben. Deshalb haben wir Ihre Bestellung nicht aufgenommen. Bitte prüfen Sie ihn noch einmal.',

  chooseProduct: 'Wählen Sie mindestens einen Artikel.',
  tooManyProducts: (max) => `Eine Bestellung kann höchstens ${max} verschiedene Artikel enthalten.`,
  duplicateProduct: 'Nennen Sie jeden Artikel einmal, mit seiner gesamten Menge.',
  mixedCurrencies:
    'Eine Bestellung hat eine Währung. Bestellen Sie Artikel mit Preisen in einer anderen Währung getrennt.',
  invalidQuantityTitle: 'Ungültige Menge',
  invalidQuantity: (max) => `Wählen Sie eine Menge von 1 bis ${max}.`,
  orderTooLargeTitle: 'Diese Bestellung ist zu groß',
  orderTooLarge: 'Diese Summe ist für eine einzelne Zahlung zu hoch. Wählen Sie eine kleinere Menge.',
  changeQuantity: 'Menge ändern',
  changeCart: 'Warenkorb ändern',
  viewCart: 'Zum Warenkorb',
  viewProduct: 'Artikel ansehen',

  onlyLeftTitle: (left) => `Nur noch ${left} auf Lager`,
  onlyLeft: (name, left) => `Von „${name}“ sind nur noch ${left} da. Wählen Sie eine kleinere Menge.`,
  soldOutTitle: 'Ausverkauft',
  justSoldOut: (name) => `„${name}“ wurde gerade ausverkauft. Es wurde nichts abgebucht.`,
  noLongerSoldTitle: 'Nicht mehr erhältlich',
  noLongerSold: (name) => `„${name}“ ist nicht mehr erhältlich. Es wurde nichts abgebucht.`,
  priceChangedTitle: 'Der Preis hat sich geändert',
  priceChanged: (name, before, now) =>
    `„${name}“ kostete ${before}, als Sie bestellt haben, und kostet jetzt ${now}. Es wurde nichts abgebucht. Bestellen Sie noch einmal, wenn Sie den Artikel weiterhin möchten.`,

  taxChanged:
    'Die Steuern werden anders berechnet, seit Sie diese Seite geöffnet haben. Es wurde nichts abgebucht. Prüfen Sie die Summe, bevor Sie bestellen.',
  deliveryRequiredTitle: 'Wählen Sie eine Versandart',
  deliveryRequired:
    'Diese Bestellung muss versendet werden: Wählen Sie ein Land und eine Versandart. Es wurde nichts abgebucht.',
  notDeliveredTitle: 'Dorthin liefern wir noch nicht',
  notDelivered: (country) => `Nach ${country} liefern wir noch nicht.`,
  deliveryChangedTitle: 'Der Versand hat sich geändert',
  deliveryGone:
    'Diese Versandart gibt es nicht mehr. Es wurde nichts abgebucht. Bitte wählen Sie eine andere.',
  deliveryTimeChanged:
    'Die Lieferzeit hat sich geändert, seit Sie diese Seite geöffnet haben. Es wurde nichts abgebucht. Prüfen Sie sie, bevor Sie bestellen.',
  orderedDeliveryGone:
    'Die Versandart, die Sie gewählt haben, gibt es nicht mehr. Es wurde nichts abgebucht. Gehen Sie noch einmal zur Kasse, um eine andere zu wählen.',
  deliveryPriceChanged:
    'Der Preis für den Versand hat sich geändert, seit Sie bestellt haben. Es wurde nichts abgebucht. Gehen Sie noch einmal zur Kasse, um die neue Summe zu sehen.',
  checkOutAgain: 'Noch einmal zur Kasse',

  terms: { before: 'Ich akzeptiere die ', link: 'AGB', after: (version) => ` (Fassung ${version}).` },
  termsRequiredTitle: 'Bitte akzeptieren Sie die AGB',
  termsRequired: 'Akzeptieren Sie die AGB, um zu bestellen. Es wurde nichts abgebucht.',
  termsChanged:
    'Die AGB haben sich geändert, seit Sie diese Seite geöffnet haben. Es wurde nichts abgebucht. Lesen Sie sie, und akzeptieren Sie sie dann noch einmal.',

  totalChanged: (now) =>
    `Die Gesamtsumme beträgt jetzt ${now} und nicht mehr das, was Sie gesehen haben. Es wurde nichts abgebucht. Prüfen Sie sie, bevor Sie bestellen.`,

  tryAgainTitle: 'Bitte versuchen Sie es noch einmal',
  checkoutBusy: 'Diese Bestellung wird gerade schon bezahlt. Es wurde nichts abgebucht.',
  cannotOpen:
    'Wir konnten die Zahlungsseite nicht öffnen. Es wurde nichts abgebucht, und Ihre Bestellung ist gespeichert. Bitte versuchen Sie es in einer Minute noch einmal.',
  orderBusy: 'Dieselben Artikel werden gerade schon bestellt. Es wurde nichts abgebucht.',
  orderReplacedTitle: 'Sie haben eine neuere Bestellung',
  orderReplaced:
    'Sie haben dieselben Artikel in einem anderen Fenster bestellt, und jene Bestellung hat diese ersetzt. Es wurde nichts abgebucht.',
  viewNewerOrder: 'Neuere Bestellung ansehen',
  justPaidTitle: 'Das haben Sie gerade bezahlt',
  justPaid:
    'Ihre frühere Bestellung derselben Artikel wurde gerade bezahlt. Sehen Sie sie an, bevor Sie mehr kaufen.',
  processingTitle: 'Ihre Zahlung ist unterwegs',
  processing:
    'Ihre Bank hat sie noch nicht bestätigt. Bitte warten Sie: Wenn Sie noch einmal bezahlen, könnte der Betrag zweimal abgebucht werden.',
  canceledTitle: 'Diese Bestellung ist storniert',
  canceled:
    'Diese Bestellung wurde storniert und kann nicht mehr bezahlt werden. Es wurde nichts abgebucht. Bestellen Sie noch einmal, wenn Sie die Artikel weiterhin möchten.',
  alreadyPaidTitle: 'Diese Bestellung ist bezahlt',
  alreadyPaid: 'Es ist nichts mehr zu bezahlen.',
  underReviewTitle: 'Wir prüfen diese Zahlung',
  underReview: 'Bitte bezahlen Sie nicht noch einmal. Wir schreiben Ihnen, sobald wir mehr wissen.',
  tooMuchHeldTitle: 'Sie haben noch unbezahlte Bestellungen',
  tooMuchHeld:
    'Für mehrere unbezahlte Bestellungen halten wir Artikel für Sie zurück. Bezahlen Sie eine davon, oder versuchen Sie es in einer halben Stunde noch einmal.',
  tooManyCheckouts: 'Zu viele Bestellungen in kurzer Zeit. Bitte warten Sie eine Minute.',
  tooManyQuotes: 'Zu viele Preisanfragen in kurzer Zeit. Bitte warten Sie eine Minute.',

  refusedByStripeTitle: 'Wir können diese Zahlung nicht annehmen',
  refusedByStripe:
    'Stripe hat diese Bestellung nicht angenommen. Es wurde nichts abgebucht. Wir haben das festgehalten und kümmern uns darum.',
  stripeAwayTitle: 'Die Zahlungsseite ist nicht erreichbar',
  stripeAway:
    'Wir konnten Stripe nicht erreichen. Es wurde nichts abgebucht, und Ihre Bestellung ist gespeichert. Bitte versuchen Sie es in einer Minute noch einmal.',
}
