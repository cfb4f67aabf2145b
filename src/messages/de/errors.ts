// What any request may be told when it goes wrong, in German.
import type { Findable } from '../en/errors.js'
import type { Messages } from '../en/index.js'

const NOT_FOUND: Record<Findable, { title: string; text: string }> = {
  page: {
    title: 'Diese Seite finden wir nicht',
    text: 'Diese Seite gibt es nicht, oder Sie haben keinen Zugriff darauf.',
  },
  product: {
    title: 'Diesen Artikel finden wir nicht',
    text: 'Diesen Artikel gibt es nicht, oder er wird nicht mehr verkauft.',
  },
  order: {
    title: 'Diese Bestellung finden wir nicht',
    text: 'Diese Bestellung gibt es nicht, oder Sie haben keinen Zugriff darauf.',
  },
  mail: { title: 'Diese E-Mail finden wir nicht', text: 'Diese E-Mail gibt es nicht.' },
}

export const errors: Messages['errors'] = {
  backToShop: 'Zurück zum Shop',
  tryAgain: 'Noch einmal versuchen',
  reference: (status) => `Fehler ${status} · Anfrage`,
  notFoundTitle: (what) => NOT_FOUND[what].title,
  notFound: (what) => NOT_FOUND[what].text,
  badRequestTitle: 'Das hat nicht geklappt',
  tooManyTitle: 'Zu viele Versuche',
  unavailableTitle: 'Wir haben technische Probleme',
  unavailable:
    'Es ist nichts verloren gegangen, und es wurde nichts abgebucht. Bitte versuchen Sie es gleich noch einmal.',
  busyTitle: 'Zurzeit ist sehr viel los',
  busy: 'Gerade suchen viele Menschen gleichzeitig. Bitte versuchen Sie es in ein paar Sekunden noch einmal.',
  internalTitle: 'Bei uns ist etwas schiefgegangen',
  internal:
    'Wir haben den Fehler festgehalten. Bitte versuchen Sie es noch einmal. Tritt er wieder auf, wenden Sie sich mit der folgenden Nummer an uns.',
  unreadableTitle: 'Wir konnten Ihre Anfrage nicht lesen',
  unreadable: 'Die Adresse oder die Anfrage ist fehlerhaft.',
  bodyTooLarge: 'Die Anfrage ist zu groß.',
  bodyMalformed: 'Der Inhalt der Anfrage passt nicht zu ihrem Content-Type.',
  bodyCompressed: 'Senden Sie den Inhalt unkomprimiert.',
  bodyCharset: 'Senden Sie den Inhalt in UTF-8.',
  bodyAborted: 'Die Anfrage brach ab, bevor ihr Inhalt vollständig war.',
  bodyLength: 'Die Länge des Inhalts weicht von Content-Length ab.',
  tooManyFields: 'Das Formular hat zu viele Felder.',
  nestedForm: 'Das Formular ist zu tief verschachtelt.',
  nestedBody: 'Der Inhalt ist zu tief verschachtelt.',
  tooManyFiles: (most) =>
    most === 1
      ? 'Senden Sie immer nur eine Datei auf einmal.'
      : `Senden Sie höchstens ${most} Dateien auf einmal.`,
  filesTooLarge: (mebibytes) =>
    `Die Dateien sind zu groß: Zusammen dürfen sie ${mebibytes} MB haben. Es wurde nichts gespeichert.`,
  nullByte: 'Die Adresse oder das Formular enthält ein Nullzeichen.',
  crossOriginTitle: 'Diese Anfrage kam von einer anderen Website',
  crossOrigin:
    'Zu Ihrer Sicherheit nehmen wir Änderungen nur von unseren eigenen Seiten an. Öffnen Sie die Seite hier und versuchen Sie es noch einmal.',
}
