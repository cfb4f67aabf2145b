// A shopper's orders: their states, history, lists, pages and receipts, in German.
import type { Messages } from '../en/index.js'
import { list } from './list.js'

export const orders: Messages['orders'] = {
  states: {
    pending: {
      label: 'Noch nicht bezahlt',
      sentence: 'Es wurde nichts abgebucht. Bezahlen Sie, wann Sie möchten.',
    },
    confirming: {
      label: 'Zahlung wird geprüft',
      sentence:
        'Wir prüfen diese Zahlung. Bitte bezahlen Sie nicht noch einmal. Wir schreiben Ihnen, wenn wir fertig sind.',
    },
    processing: {
      label: 'Zahlung unterwegs',
      sentence:
        'Ihre Bank überweist das Geld. Das kann ein paar Tage dauern. Sie müssen nicht noch einmal bezahlen. Wir schreiben Ihnen, sobald es da ist.',
    },
    paid: {
      label: 'Bezahlt',
      sentence: 'Wir haben Ihre Zahlung erhalten.',
    },
    partially_refunded: {
      label: 'Teilweise erstattet',
      sentence:
        'Wir haben Ihnen einen Teil Ihrer Zahlung über die ursprüngliche Zahlungsart erstattet. Bis die Gutschrift auf Ihrem Konto erscheint, können ein paar Tage vergehen.',
    },
    refunded: {
      label: 'Erstattet',
      sentence:
        'Wir haben Ihnen Ihre Zahlung über die ursprüngliche Zahlungsart erstattet. Bis die Gutschrift auf Ihrem Konto erscheint, können ein paar Tage vergehen.',
    },
    disputed: {
      label: 'Von der Bank geprüft',
      sentence:
        'Ihre Bank prüft diese Zahlung und behält das Geld ein, bis sie entschieden hat. Hier müssen Sie nichts tun.',
    },
    charged_back: {
      label: 'Zurückgebucht',
      sentence: 'Ihre Bank hat Ihnen das Geld zurückgegeben, und diese Bestellung ist abgeschlossen.',
    },
    failed: {
      label: 'Zahlung fehlgeschlagen',
      sentence:
        'Ihre Zahlung hat nicht geklappt, und es wurde nichts abgebucht. Sie können es mit derselben oder einer anderen Zahlungsart noch einmal versuchen.',
    },
    expired: {
      label: 'Nicht bezahlt',
      sentence:
        'Diese Bestellung wurde nicht bezahlt, und es wurde nichts abgebucht. Sie können sie noch bezahlen.',
    },
    canceled: {
      label: 'Storniert',
      sentence: 'Diese Bestellung wurde storniert, und es wurde nichts abgebucht.',
    },
    preparing: {
      label: 'In Vorbereitung',
      sentence:
        'Wir haben Ihre Zahlung erhalten und bereiten Ihre Bestellung vor. Wir schreiben Ihnen, sobald wir sie versenden.',
    },
    partly_shipped: {
      label: 'Teilweise versendet',
      sentence:
        'Wir haben einen Teil Ihrer Bestellung versendet. Wir schreiben Ihnen, sobald der Rest unterwegs ist.',
    },
    shipped: {
      label: 'Versendet',
      sentence: 'Ihre Bestellung ist auf dem Weg zu Ihnen.',
    },
    delivered: {
      label: 'Zugestellt',
      sentence: 'Ihre Bestellung ist angekommen.',
    },
    return_requested: {
      label: 'Rücksendung angefragt',
      sentence:
        'Wir haben Ihre Anfrage zur Rücksendung erhalten und antworten Ihnen per E-Mail. Bitte senden Sie noch nichts zurück.',
    },
    return_accepted: {
      label: 'Rücksendung angenommen',
      sentence: 'Wir haben Ihre Rücksendung angenommen. Wie Sie die Artikel zurücksenden, lesen Sie unten.',
    },
    return_received: {
      label: 'Rücksendung angekommen',
      sentence: 'Ihre Rücksendung ist bei uns angekommen. Wir schreiben Ihnen, wenn wir das Geld erstatten.',
    },
  },
  labelWithNote: (label, note) => `${label} · ${note}`,
  moneyNotes: {
    refund_failed: { label: 'Erstattung verzögert', sentence: '' },
    refund_pending: {
      label: 'Erstattung unterwegs',
      sentence: 'Eine Erstattung ist auf dem Weg zu Ihnen. Wir schreiben Ihnen, sobald sie gesendet ist.',
    },
    partly_refunded: {
      label: 'Teilweise erstattet',
      sentence: 'Ein Teil Ihrer Zahlung wurde Ihnen zurückgegeben.',
    },
  },
  pendingAndHeld:
    'Es wurde nichts abgebucht. Bezahlen Sie, wann Sie möchten. Wir halten Ihre Artikel kurze Zeit für Sie zurück.',
  processingUntil: (day) =>
    `Ihre Bank überweist das Geld. Spätestens am ${day} wissen wir mehr. Sie müssen nicht noch einmal bezahlen. Wir schreiben Ihnen, ob das Geld angekommen ist oder nicht.`,

  partlyReturned: 'Ein Teil Ihrer Zahlung wurde Ihnen zurückgegeben.',
  voucher: {
    label: 'Wartet auf Ihre Zahlung',
    sentence: (by, isOver) =>
      isOver
        ? `Ihr Zahlschein konnte bis ${by} bezahlt werden. Haben Sie ihn rechtzeitig bezahlt, kann es ein paar Tage dauern, bis das Geld bei uns ist, und wir schreiben Ihnen dann. Andernfalls wird nichts abgebucht, und diese Bestellung endet. Bezahlen Sie den Zahlschein jetzt nicht mehr.`
        : by === null
          ? 'Diese Bestellung ist noch nicht bezahlt. Folgen Sie den Zahlungshinweisen. Bis dahin halten wir Ihre Artikel zurück, und wir schreiben Ihnen, sobald das Geld da ist.'
          : `Diese Bestellung ist noch nicht bezahlt. Bezahlen Sie Ihren Zahlschein bis ${by}. Bis dahin halten wir Ihre Artikel zurück, und wir schreiben Ihnen, sobald das Geld da ist. Bezahlen Sie nicht rechtzeitig, wird nichts abgebucht, und diese Bestellung endet.`,
    link: 'Zahlschein ansehen',
    linkToInstructions: 'Zahlungshinweise ansehen',
  },
  unmatched: {
    held: (amounts) =>
      `Wir haben ${list(amounts)} erhalten. Das passt nicht zu dieser Bestellung. Wir klären das und erstatten Ihnen das Geld oder schreiben Ihnen. Bitte bezahlen Sie nicht noch einmal.`,
    returned:
      'Diese Bestellung ist nicht bezahlt. Eine Zahlung, die nicht zu ihr passte, haben wir erstattet. Sie können diese Bestellung noch bezahlen.',
  },

  history: {
    heading: 'Verlauf der Bestellung',
    placed: 'Bestellung aufgegeben',
    processing: 'Zahlung an Ihre Bank übergeben',
    voucher: 'Zahlschein ausgestellt',
    unmatched: (amount) => `${amount} erhalten, passt nicht zu dieser Bestellung`,
    failed: 'Zahlung fehlgeschlagen',
    paid: (amount) => `${amount} bezahlt`,
    paidAs: (amount, charged) => `${amount} bezahlt, abgebucht als ${charged}`,
    refundPending: (amount) => `Erstattung von ${amount} unterwegs`,
    refunded: (amount) => `${amount} erstattet`,
    refundFailed: (amount) => `Erstattung von ${amount} fehlgeschlagen`,
    inquiry: 'Ihre Bank hat nach dieser Zahlung gefragt',
    disputed: (amount) => `Ihre Bank hat ${amount} zurückgeholt und prüft diese Zahlung`,
    inquiryClosed: 'Ihre Bank hat ihre Anfrage zu dieser Zahlung abgeschlossen',
    disputePrevented: 'Die Beanstandung dieser Zahlung wurde geklärt',
    disputeWon: 'Ihre Bank hat entschieden, dass die Zahlung gültig ist',
    disputeLost: (amount) => `Ihre Bank hat Ihnen ${amount} zurückgegeben`,
    canceled: 'Bestellung storniert',
    shipped: (carrier) => (carrier === null ? 'Paket versendet' : `Paket mit ${carrier} versendet`),
    delivered: 'Paket zugestellt',
    returnRequested: 'Rücksendung angefragt',
    returnAccepted: 'Rücksendung angenommen',
    returnReceived: 'Rücksendung angekommen',
    returnDeclined: 'Rücksendung abgelehnt',
  },
  refundStates: {
    pending: 'Erstattung unterwegs',
    succeeded: 'Erstattet',
    failed: 'Erstattung fehlgeschlagen',
    unknown: 'Erstattung',
  },
  sums: {
    subtotal: 'Zwischensumme',
    discount: 'Rabatt',
    delivery: (rate) => (rate === '' ? 'Versand' : `Versand (${rate})`),
    free: 'Kostenlos',
    tax: 'MwSt.',
    total: 'Gesamtsumme',
    totalBeforeTax: 'Gesamtsumme vor Steuern',
    taxToCome: 'Die Mehrwertsteuer wird auf der Seite von Stripe berechnet.',
    includesAnyTax: 'inkl. MwSt.',
    includesTax: (amount) => `inkl. ${amount} MwSt.`,
    chargedAs: (amount) => `Abgebucht als ${amount}`,
    paid: 'Bezahlt',
    paidIn: (currency) => `Bezahlt (${currency})`,
    refunded: 'Erstattet',
    heldInDispute: 'Von der Bank einbehalten',
    returnedByBank: 'Von Ihrer Bank zurückgegeben',
    netPaid: 'Verbleibend bezahlt',
    unmatched: 'Erhalten, passt nicht zu dieser Bestellung',
  },

  delivery: {
    heading: 'Lieferung an',
    rate: 'Versand',
    corrected: 'Wir haben diese Adresse korrigiert.',
  },

  shipment: {
    heading: (number, count) => (count === 1 ? 'Ihr Paket' : `Paket ${number}`),
    line: (quantity, name) => `${quantity} × ${name}`,
    carrier: (carrier, number) => `${carrier} ${number}`.trim(),
    trackingNumber: (number) => `Sendungsnummer ${number}`,
    track: 'Paket verfolgen',
    sentAt: 'Versendet',
    deliveredAt: 'Zugestellt',
  },
  cancel: {
    button: 'Bestellung stornieren',
    notPossibleTitle: 'Diese Bestellung kann nicht storniert werden',
    paid: 'Diese Bestellung wurde bezahlt, deshalb wird sie nicht storniert.',
    processing: 'Eine Zahlung für diese Bestellung ist unterwegs, deshalb kann sie nicht storniert werden.',
    underReview:
      'Wir prüfen eine Zahlung für diese Bestellung, deshalb kann sie noch nicht storniert werden.',
  },
  returns: {
    heading: 'Rücksendungen',
    returnItems: 'Artikel zurücksenden',
    lead: (until) =>
      `Sie können bis ${until} eine Rücksendung anfragen. Wir antworten Ihnen per E-Mail und schreiben Ihnen, wie Sie die Artikel zurücksenden.`,
    howMany: 'Wie viele möchten Sie zurücksenden?',
    quantity: (name, max) => `${name} (höchstens ${max})`,
    reason: 'Grund der Rücksendung',
    submit: 'Rücksendung anfragen',
    yourReason: (reason) => `Ihr Grund: ${reason}`,
    answer: (answer) => `Unsere Antwort: ${answer}`,
    notPossibleTitle: 'Rücksendung nicht möglich',
    off: 'Auf dieser Seite können Sie keine Rücksendung anfragen. Bitte wenden Sie sich an uns.',
    nothingToReturn:
      'Aus dieser Bestellung können Sie auf dieser Seite nichts mehr zurücksenden. Bitte wenden Sie sich an uns.',
    tooMany: (name, left) =>
      left === 0
        ? `„${name}“ können Sie nicht zurücksenden.`
        : `Von „${name}“ können Sie nur ${left} zurücksenden.`,
    noLines: 'Wählen Sie, wie viele Artikel Sie zurücksenden möchten.',
    noReason: 'Nennen Sie uns den Grund der Rücksendung.',
    longReason: (max) => `Kürzen Sie den Grund auf ${max} Zeichen.`,
    states: {
      requested: {
        label: 'Angefragt',
        sentence: 'Wir antworten Ihnen per E-Mail. Bitte senden Sie noch nichts zurück.',
      },
      accepted: { label: 'Angenommen', sentence: 'Bitte senden Sie uns diese Artikel zurück.' },
      received: { label: 'Angekommen', sentence: 'Wir schreiben Ihnen, wenn wir das Geld erstatten.' },
      refunded: { label: 'Erstattet', sentence: 'Wir haben diese Rücksendung erstattet.' },
      declined: { label: 'Abgelehnt', sentence: 'Wir können diese Rücksendung nicht annehmen.' },
    },
  },

  paymentMethods: {
    endingIn: (name, last4) => `${name}, endet auf ${last4}`,
    types: {
      card: 'Karte',
      link: 'Link',
      sepa_debit: 'SEPA-Lastschrift',
      us_bank_account: 'Bankkonto',
      bacs_debit: 'Bacs-Lastschrift',
      customer_balance: 'Überweisung',
      paypal: 'PayPal',
      ideal: 'iDEAL',
      eps: 'EPS',
      p24: 'Przelewy24',
      boleto: 'Boleto',
      oxxo: 'OXXO',
      konbini: 'Konbini',
      multibanco: 'Multibanco',
    },
  },

  invoice: 'Rechnung (PDF)',

  account: 'Ihr Konto',
  orders: 'Bestellungen',
  filter: 'Filtern',
  goToShop: 'Zum Sortiment',

  list: {
    title: 'Ihre Bestellungen',
    filters: {
      all: 'Alle',
      open: 'Offen',
      paid: 'Bezahlt',
      refunded: 'Erstattet',
      disputed: 'Von der Bank geprüft',
      unpaid: 'Nicht bezahlt',
    },
    noneHeading: 'Noch keine Bestellungen',
    none: 'Ihre Bestellungen erscheinen hier.',
    noMatchHeading: 'Keine Bestellungen gefunden',
    noMatch: 'Keine Ihrer Bestellungen passt zu diesem Filter.',
    showAll: 'Alle Bestellungen anzeigen',
    items: (first, others) =>
      others === 0
        ? first
        : others === 1
          ? `${first} und 1 weiterer Artikel`
          : `${first} und ${others} weitere Artikel`,
    orderContext: (number) => `, Bestellung ${number}`,
    quantity: (quantity) => `Menge ${quantity}`,
    refunded: (amount) => `${amount} erstattet`,
    pay: 'Bezahlen',
    track: 'Verfolgen',
    receipt: 'Beleg',
    return: 'Zurücksenden',
    buyAgain: 'Noch einmal kaufen',
  },

  page: {
    title: (number) => `Bestellung ${number}`,
    order: 'Bestellung',
    yourOrder: 'Ihre Bestellung',
    news: (number, state) => `Bestellung ${number}: ${state}`,
    status: 'Status:',
    pay: (total) => `${total} bezahlen`,
    payPlusTax: (total) => `${total} zzgl. MwSt. bezahlen`,
    confirmationTo: 'Die Bestätigung senden wir an',
    needChanges: 'Möchten Sie etwas ändern?',
    editCart: 'Warenkorb bearbeiten',
    updatesItself: 'Diese Seite aktualisiert sich von selbst.',
    refresh: 'Neu laden',
    refundFailed:
      'Ihre Bank konnte eine Erstattung nicht annehmen und hat uns das Geld zurückgegeben. Wir wissen davon und finden einen anderen Weg.',
    refundRefused:
      'Eine Erstattung konnte nicht gesendet werden. Wir wissen davon und finden einen anderen Weg.',
    printReceipt: 'Beleg drucken',
    terms: 'Akzeptierte AGB',
    termsVersion: (version) => `Fassung ${version}`,
    placedAt: 'Bestellt',
    paidAt: 'Bezahlt',
    email: 'E-Mail',
  },

  receipt: {
    title: (number) => `Beleg ${number}`,
    heading: 'Beleg',
    seller: 'Verkäufer:',
    billedTo: 'Rechnung an',
    taxId: (id) => `Steuernummer ${id}`,
    status: 'Stand',
    paymentMethod: 'Bezahlt mit',
    caption: 'Artikel und Zahlungen',
    product: 'Artikel',
    price: 'Preis',
    amount: 'Betrag',
    refundPending: (amount, since) => `Eine Erstattung von ${amount} ist seit ${since} unterwegs.`,
    testMode: 'Testmodus: Es ist kein Geld geflossen.',
    asOf: 'Stand vom',
    footer: (shopName) => `bei ${shopName}. Die Zahlung wickelt Stripe ab.`,
    print: 'Drucken',
    download: 'Als PDF herunterladen',
    viewOrder: 'Bestellung ansehen',
    notPaidTitle: 'Noch kein Beleg',
    notPaid: 'Diese Bestellung ist nicht bezahlt. Sobald sie es ist, finden Sie hier den Beleg.',
  },

  guest: {
    notFoundHere:
      'Diese Bestellung gibt es nicht, oder Sie haben keinen Zugriff darauf. Wenn es Ihre ist, melden Sie sich an oder öffnen Sie noch einmal den Link in unserer E-Mail.',
    signIn: 'Anmelden',
  },

  tooManyWindows: 'Ihre Bestellungen sind schon in mehreren Fenstern geöffnet.',
  updatesBusyTitle: 'Zurzeit sind sehr viele Seiten geöffnet',
  updatesBusy: 'Die Seite sucht von selbst nach Neuigkeiten.',
}
