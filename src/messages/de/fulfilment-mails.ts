// The mails about what happens to an order after it is placed, in German.
import type { Messages } from '../en/index.js'

type Kind =
  | 'shipmentSent'
  | 'shipmentDelivered'
  | 'orderCanceled'
  | 'returnRequested'
  | 'returnAccepted'
  | 'returnReceived'
  | 'returnDeclined'

export const fulfilmentMails: Pick<Messages['mail'], Kind> = {
  shipmentSent: {
    subject: (number, isPart) =>
      isPart
        ? `Ein Teil Ihrer Bestellung ${number} ist unterwegs`
        : `Ihre Bestellung ${number} ist unterwegs`,
    heading: 'Ihr Paket ist unterwegs',
    preheader: (number, carrier) =>
      carrier === null
        ? `Wir haben ein Paket aus der Bestellung ${number} versendet.`
        : `Wir haben ein Paket aus der Bestellung ${number} mit ${carrier} versendet.`,
    text: (number) => `Wir haben diese Artikel aus Ihrer Bestellung ${number} versendet:`,
    rest: 'Sobald wir den Rest Ihrer Bestellung versenden, schreiben wir Ihnen wieder.',
    track: 'Paket verfolgen',
  },
  shipmentDelivered: {
    subject: (number, isAll) =>
      isAll
        ? `Ihre Bestellung ${number} ist angekommen`
        : `Ein Paket aus Ihrer Bestellung ${number} ist angekommen`,
    heading: 'Ihr Paket ist angekommen',
    preheader: (number) => `Ein Paket aus der Bestellung ${number} wurde zugestellt.`,
    text: (number) => `Diese Artikel aus Ihrer Bestellung ${number} wurden zugestellt:`,
    missing: 'Falls Sie Ihr Paket nicht finden, wenden Sie sich bitte an uns.',
  },
  orderCanceled: {
    subject: (number) => `Ihre Bestellung ${number} ist storniert`,
    heading: 'Ihre Bestellung ist storniert',
    text: (number) =>
      `Ihre Bestellung ${number} ist storniert. Sie war nicht bezahlt, es wurde also nichts abgebucht, und sie kann nicht mehr bezahlt werden.`,
  },
  returnRequested: {
    subject: (number) => `Ihre Anfrage zur Rücksendung für Bestellung ${number}`,
    heading: 'Wir haben Ihre Anfrage zur Rücksendung erhalten',
    text: (number) => `Sie möchten diese Artikel aus Ihrer Bestellung ${number} zurücksenden:`,
    next: 'Wir antworten Ihnen per E-Mail. Bitte senden Sie noch nichts zurück.',
  },
  returnAccepted: {
    subject: (number) => `Ihre Rücksendung für Bestellung ${number} ist angenommen`,
    heading: 'Ihre Rücksendung ist angenommen',
    text: (number) => `Sie können diese Artikel aus Ihrer Bestellung ${number} zurücksenden:`,
    how: 'So senden Sie sie zurück:',
  },
  returnReceived: {
    subject: (number) => `Ihre Rücksendung für Bestellung ${number} ist angekommen`,
    heading: 'Ihre Rücksendung ist angekommen',
    text: (number) => `Wir haben diese Artikel aus Ihrer Bestellung ${number} zurückerhalten:`,
    next: 'Wir schreiben Ihnen, wenn wir das Geld erstatten.',
  },
  returnDeclined: {
    subject: (number) => `Ihre Rücksendung für Bestellung ${number} ist abgelehnt`,
    heading: 'Wir können Ihre Rücksendung nicht annehmen',
    text: (number) =>
      `Eine Rücksendung dieser Artikel aus Ihrer Bestellung ${number} können wir nicht annehmen:`,
    why: 'Unser Grund:',
  },
}
