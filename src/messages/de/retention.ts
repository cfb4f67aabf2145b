// The page that says what the shop keeps, and for how long, in German.
import type { Messages } from '../en/index.js'
import { plural } from './plural.js'

/** Stands before the period, unlike in English. */
const AT_MOST = 'höchstens'

export const retention: Messages['retention'] = {
  title: 'Was wir speichern und wie lange',
  lead: 'Wir speichern personenbezogene Daten nur so lange, wie wir sie brauchen. Das Folgende erledigt der Shop von selbst, alle paar Minuten.',
  policy: 'Datenschutzerklärung lesen',
  limitedHeading: 'Für begrenzte Zeit gespeichert',
  what: 'Was',
  howLong: 'Wie lange',
  days: (count) => `${count} ${plural(count, 'Tag', 'Tage')}`,
  hours: (count) => `${count} ${plural(count, 'Stunde', 'Stunden')}`,
  period: (period, from) => (from === AT_MOST ? `${from} ${period}` : `${period} ${from}`),
  kept: {
    sessions: {
      label: 'Wo Sie angemeldet sind',
      why: 'Der Name Ihres Browsers und wann Sie den Shop zuletzt benutzt haben, damit Sie angemeldet bleiben.',
      from: 'nach der letzten Benutzung',
    },
    apiTokens: {
      label: 'Apps mit Zugriff',
      why: 'Apps und Websites, die sich für Sie angemeldet haben.',
      from: AT_MOST,
    },
    guestCarts: {
      label: 'Warenkörbe ohne Konto',
      why: 'Was Sie vor dem Anmelden in den Warenkorb gelegt haben.',
      from: 'nach der letzten Änderung',
    },
    attempts: {
      label: 'Zahl der Versuche',
      why: 'Wie oft ein Netz oder ein Konto etwas versucht hat, damit niemand Passwörter erraten kann. Adressen werden nur verschlüsselt gespeichert.',
      from: AT_MOST,
    },
    passwordResets: {
      label: 'Links zum Zurücksetzen des Passworts',
      why: 'In einer Form gespeichert, die nichts öffnet.',
      from: 'nach Ihrer Anforderung',
    },
    verifications: {
      label: 'Links zum Bestätigen einer E-Mail-Adresse',
      why: 'In einer Form gespeichert, die nichts öffnet.',
      from: 'nach dem Versand',
    },
    emailChanges: {
      label: 'Neue E-Mail-Adressen, die niemand bestätigt hat',
      why: 'Eine Adresse, die Sie eingegeben haben, bis Sie ihren Link öffnen.',
      from: 'nach der Eingabe',
    },
    mails: {
      label: 'Der Text unserer E-Mails',
      why: 'Um zu sehen, was wir Ihnen geschrieben haben. Danach bleibt nur, dass und wann wir geschrieben haben.',
      from: 'nach dem Schreiben',
    },
    stockNotices: {
      label: 'Wer auf Ausverkauftes wartet',
      why: 'Die E-Mail-Adresse, an die wir einmal schreiben, wenn es wieder da ist. 30 Tage danach wird sie gelöscht.',
      from: 'nach Ihrer Anfrage, höchstens',
    },
    events: {
      label: 'Was Stripe über Zahlungen meldet',
      why: 'Um Ihre Bestellungen abzuwickeln. Danach bleiben nur die Art der Meldung und ihr Zeitpunkt.',
      from: 'nach der Meldung oder sobald wir sie bearbeitet haben',
    },
  },
  accountHeading: 'Gespeichert, bis Sie Ihr Konto löschen',
  account: [
    'Ihr Name, Ihre E-Mail-Adresse, gespeicherte Anschriften und Ihr Warenkorb',
    'Eine frühere E-Mail-Adresse, wenn Sie sie geändert haben, und wann',
    'Ihr Passwort, die Anmeldung in zwei Schritten und Wiederherstellungscodes, in einer Form, die niemand lesen kann',
    'Ihr Kundeneintrag bei Stripe mit den Karten und der Anschrift, die Sie dort gespeichert haben',
  ],
  ordersHeading: 'Zusammen mit Ihren Bestellungen gespeichert',
  orders: [
    'Die Namen, E-Mail-Adressen, Anschriften und die Telefonnummer, die Sie dafür angegeben haben, und die Art der Karte',
    'Das Netz, aus dem Sie bestellt haben, als Code, aus dem sich keine Adresse zurückgewinnen lässt, damit niemand den ganzen Vorrat belegt',
    'Links, die eine Bestellung ohne Anmeldung öffnen, als Code, der nichts öffnet, bis wir sie beenden',
    'Was Sie uns zu einer Rücksendung geschrieben haben, unsere Notizen und was wir Ihrer Bank geschickt haben, wenn Sie einer Zahlung widersprochen haben',
  ],
  ordersUntil: 'Wenn Sie Ihr Konto löschen, löschen wir das.',
  staffHeading: 'Über die Betreiber des Shops gespeichert',
  staff:
    'Wer eingeladen wurde, gespeicherte Ansichten und ein Protokoll dessen, was sie getan haben, mit ihrem Netz. Das Protokoll enthält keine Daten von Kundinnen und Kunden.',
  manage: 'Ihre Daten ansehen, herunterladen oder löschen',
  booksHeading: 'Für unsere Buchhaltung gespeichert',
  books:
    'Was wann zu welchem Preis gekauft wurde, das Land und Steuernummern. Dazu sind wir gesetzlich verpflichtet. Wenn Sie Ihr Konto löschen, werden Ihr Name, Ihre E-Mail-Adresse, Telefonnummer und Anschrift darin gelöscht.',
  erasedHeading: 'Gespeichert, nachdem wir Sie gelöscht haben',
  erased:
    'Dass wir das getan haben, mit einem Fingerabdruck Ihrer E-Mail-Adresse statt der Adresse. Müssen wir je eine Sicherung einspielen, sagt er uns, wen wir erneut löschen müssen.',
  guestsHeading: 'Bestellungen ohne Konto',
  guests:
    'Sie enthalten die E-Mail-Adresse und die Anschrift, die Sie dafür angegeben haben. Legen Sie mit derselben E-Mail-Adresse ein Konto an, um sie anzusehen, herunterzuladen oder zu löschen.',
}
