// Subjects and texts of the emails to shoppers, in German. Those to operators are English, as the admin is.
import { developmentMail } from '../en/development-mail.js'
import { operatorMails } from '../en/operator-mails.js'
import type { Messages } from '../en/index.js'
import { fulfilmentMails } from './fulfilment-mails.js'
import { list } from './list.js'

export const mail: Messages['mail'] = {
  ...operatorMails,
  ...developmentMail,
  ...fulfilmentMails,

  hello: (name) => (name === '' ? 'Guten Tag,' : `Guten Tag ${name},`),
  viewOrder: 'Bestellung ansehen',
  printReceipt: 'Beleg drucken',
  allPurchases: 'Alle Ihre Bestellungen',
  orderCaption: (number, placed) => `Bestellung ${number} · ${placed}`,
  each: (price) => `je ${price}`,
  total: 'Gesamtsumme',
  paid: 'Bezahlt',
  sentToBuyer: (shopName, email) =>
    `${shopName} hat diese Nachricht an ${email} gesendet, weil Sie mit dieser Adresse bestellt haben.`,

  purchaseSucceeded: {
    subject: (number) => `Ihre Bestellung ${number} ist bezahlt`,
    heading: 'Vielen Dank für Ihre Bestellung',
    bought: (items) => `Sie haben ${list(items)} gekauft.`,
    paid: (amount) => `Sie haben ${amount} bezahlt.`,
    keep: 'Bewahren Sie diese E-Mail als Beleg auf.',
    next: 'Sobald wir Ihre Bestellung versenden, schreiben wir Ihnen wieder.',
    openLinks: 'Wer diese Links hat, kann Ihre Bestellung sehen.',
    paidAt: (time) => `Bezahlt am ${time}`,
  },
  purchaseFailed: {
    subject: (number) => `Ihre Zahlung für Bestellung ${number} hat nicht geklappt`,
    heading: 'Ihre Zahlung hat nicht geklappt',
    preheader: (number) =>
      `Für die Bestellung ${number} wurde nichts abgebucht. Sie können es noch einmal versuchen.`,
    text: (amount, number) =>
      `Ihre Zahlung von ${amount} für die Bestellung ${number} hat nicht geklappt. Es wurde nichts abgebucht.`,
    next: 'Ihre Bestellung ist gespeichert. Sie können es mit derselben oder einer anderen Zahlungsart noch einmal versuchen. Falls Ihre Bank die Zahlung abgelehnt hat, kann sie Ihnen den Grund nennen.',
    tryAgain: 'Noch einmal versuchen',
  },
  paymentOnItsWay: {
    subject: (number) => `Ihre Zahlung für Bestellung ${number} ist unterwegs`,
    heading: 'Ihre Zahlung ist unterwegs',
    preheader: (number, amount) =>
      `Bestellung ${number}: Ihre Bank überweist ${amount}. Sie müssen nichts weiter tun.`,
    text: (amount) =>
      `Vielen Dank für Ihre Bestellung. Ihre Bank überweist uns ${amount}. Das dauert bei den meisten Banken bis zu fünf Werktage.`,
    next: (day) =>
      `Sie müssen nichts weiter tun und nicht noch einmal bezahlen. Bis ${day} hören Sie von uns: Wir schreiben Ihnen, ob das Geld angekommen ist oder nicht.`,
  },
  payVoucher: {
    subject: (number) => `So bezahlen Sie Ihre Bestellung ${number}`,
    heading: 'Noch ein Schritt: Bezahlen Sie Ihre Bestellung',
    preheader: (number, amount, by) =>
      by === null
        ? `Bestellung ${number}: Bezahlen Sie ${amount}.`
        : `Bestellung ${number}: Bezahlen Sie ${amount} bis ${by}.`,
    text: (amount) =>
      `Vielen Dank für Ihre Bestellung. Sie ist noch nicht bezahlt: Es fehlen noch ${amount}.`,
    next: (by) =>
      by === null
        ? 'Folgen Sie den Zahlungshinweisen. Wir schreiben Ihnen, ob das Geld angekommen ist oder nicht.'
        : `Bezahlen Sie Ihren Zahlschein bis ${by}. Bis dahin halten wir Ihre Artikel zurück, und wir schreiben Ihnen, sobald das Geld da ist. Bezahlen Sie nicht rechtzeitig, wird nichts abgebucht, und die Bestellung endet.`,
    link: 'Zahlschein ansehen',
    linkToInstructions: 'Zahlungshinweise ansehen',
  },
  refundSucceeded: {
    subject: (number) => `Ihre Erstattung für Bestellung ${number}`,
    heading: (amount) => `${amount} sind auf dem Weg zu Ihnen`,
    preheader: (number, amount) => `Erstattung von ${amount} für die Bestellung ${number}.`,
    all: (amount) => `Wir haben ${amount} an die Zahlungsart zurückgesendet, die Sie benutzt haben.`,
    part: (amount, paid) =>
      `Wir haben ${amount} der bezahlten ${paid} an die Zahlungsart zurückgesendet, die Sie benutzt haben.`,
    next: 'Die meisten Banken zeigen die Gutschrift innerhalb von zehn Tagen an. Sie müssen nichts tun.',
  },
  refundFailed: {
    subject: (number) => `Ihre Erstattung für Bestellung ${number} kam nicht an`,
    heading: 'Ihre Erstattung kam nicht an',
    preheader: (number, amount) =>
      `Die Erstattung von ${amount} für die Bestellung ${number} kam zu uns zurück.`,
    text: (amount) =>
      `Ihre Bank hat die Erstattung von ${amount} nicht angenommen, und das Geld kam zu uns zurück.`,
    notSentPreheader: (number, amount) =>
      `Die Erstattung von ${amount} für die Bestellung ${number} konnte nicht gesendet werden.`,
    notSent: (amount) =>
      `Die Erstattung von ${amount} konnten wir nicht an die Zahlungsart senden, mit der Sie bezahlt haben.`,
    next: 'Wir wissen davon und finden einen anderen Weg. Sie müssen nichts tun.',
  },

  passwordReset: {
    subject: (shopName) => `Neues Passwort für ${shopName}`,
    heading: 'Neues Passwort festlegen',
    preheader: (minutes) => `Der Link gilt einmal, innerhalb von ${minutes} Minuten.`,
    text: (shopName) =>
      `Für Ihr Konto bei ${shopName} wurde ein neues Passwort angefordert. Wenn Sie das waren, legen Sie es hier fest.`,
    button: 'Neues Passwort festlegen',
    ignore: (minutes) =>
      `Der Link gilt einmal, innerhalb von ${minutes} Minuten. Wenn Sie es nicht waren, ignorieren Sie diese E-Mail; Ihr Passwort bleibt, wie es ist.`,
    fallback: 'Wenn die Schaltfläche nicht funktioniert, öffnen Sie diesen Link:',
    why: (shopName) =>
      `${shopName} hat diese Nachricht gesendet, weil jemand Ihre Adresse unter „Passwort vergessen?“ eingegeben hat.`,
  },
  emailVerification: {
    subject: (shopName) => `Bestätigen Sie Ihre E-Mail-Adresse für ${shopName}`,
    heading: 'Bestätigen Sie Ihre E-Mail-Adresse',
    preheader: (hours) => `Der Link gilt ${hours} Stunden.`,
    text: (shopName) =>
      `Mit dieser E-Mail-Adresse wurde bei ${shopName} ein Konto angelegt. Wenn Sie das waren, bestätigen Sie, dass es Ihre Adresse ist.`,
    button: 'Adresse bestätigen',
    ignore: (hours) =>
      `Der Link gilt ${hours} Stunden. Wenn Sie es nicht waren, ignorieren Sie diese E-Mail; das Konto bleibt dann unbestätigt.`,
    why: (shopName) =>
      `${shopName} hat diese Nachricht gesendet, weil mit Ihrer Adresse ein Konto angelegt wurde.`,
  },
  emailChange: {
    subject: (shopName) => `Bestätigen Sie Ihre neue E-Mail-Adresse für ${shopName}`,
    heading: 'Bestätigen Sie Ihre neue E-Mail-Adresse',
    preheader: (hours) => `Der Link gilt ${hours} Stunden.`,
    text: (shopName) =>
      `Jemand mit einem Konto bei ${shopName} möchte diese E-Mail-Adresse dafür benutzen. Wenn Sie das waren, melden Sie sich an und bestätigen Sie sie.`,
    button: 'Neue Adresse bestätigen',
    ignore: (hours) =>
      `Der Link gilt ${hours} Stunden. Wenn Sie es nicht waren, ignorieren Sie diese E-Mail; dann ändert sich nichts.`,
    why: (shopName) =>
      `${shopName} hat diese Nachricht gesendet, weil Ihre Adresse in einem Konto eingegeben wurde.`,
  },
  emailChanged: {
    subject: (shopName) => `Die E-Mail-Adresse Ihres Kontos bei ${shopName} wurde geändert`,
    heading: 'Ihre E-Mail-Adresse wurde geändert',
    preheader: 'Wenn Sie es nicht waren, wenden Sie sich jetzt an uns.',
    text: (shopName, time) =>
      `Ihr Konto bei ${shopName} hat seit dem ${time} eine andere E-Mail-Adresse. Melden Sie sich von nun an damit an. An diese Adresse schreiben wir Ihnen nicht mehr über Ihr Konto.`,
    notYou: (supportEmail) =>
      supportEmail === null
        ? 'Wenn Sie es nicht waren, wenden Sie sich sofort an uns.'
        : `Wenn Sie es nicht waren, schreiben Sie sofort an ${supportEmail}.`,
    why: (shopName) =>
      `${shopName} sendet diese Nachricht an die bisherige Adresse, wenn die eines Kontos geändert wurde.`,
  },
  passwordChanged: {
    subject: (shopName) => `Ihr Passwort bei ${shopName} wurde geändert`,
    heading: 'Ihr Passwort wurde geändert',
    preheader: 'Wenn Sie es nicht waren, legen Sie jetzt ein neues Passwort fest.',
    text: (shopName, time) =>
      `Das Passwort Ihres Kontos bei ${shopName} wurde am ${time} geändert. Überall sonst wurden Sie abgemeldet.`,
    notYou: 'Wenn Sie es nicht waren, legen Sie jetzt ein neues Passwort fest:',
    button: 'Passwort zurücksetzen',
    why: (shopName) => `${shopName} sendet diese Nachricht, wenn das Passwort Ihres Kontos geändert wurde.`,
  },
}
