// Being told when a product is back in stock, in German.
import type { Messages } from '../en/index.js'

export const notices: Messages['notices'] = {
  heading: 'Benachrichtigung, wenn der Artikel wieder da ist',
  email: 'E-Mail-Adresse',
  hint: 'Eine einzige E-Mail, sobald der Artikel wieder auf Lager ist.',
  hintSignedIn: 'Wir schreiben einmal an die E-Mail-Adresse Ihres Kontos.',
  ask: 'Benachrichtigen',
  asked: 'Wir schreiben Ihnen, sobald der Artikel wieder auf Lager ist.',
  tooOften: 'Zu viele Anfragen in kurzer Zeit. Bitte warten Sie eine Minute.',
  tooManyTitle: 'Zu viele Artikel',
  tooMany: (most) => `Wir benachrichtigen Sie über höchstens ${most} Artikel gleichzeitig.`,
  invalidTitle: 'Das ist keine E-Mail-Adresse',
  invalid: 'Geben Sie eine E-Mail-Adresse wie ada@example.com ein.',
  back: 'Zurück zum Artikel',
  endTitle: 'Keine Benachrichtigungen mehr?',
  endText: 'Wir schreiben Ihnen dann nicht mehr, wenn ein Artikel wieder auf Lager ist.',
  end: 'Benachrichtigungen beenden',
  doneTitle: 'Benachrichtigungen beendet',
  doneText:
    'Wir schreiben Ihnen nicht mehr, wenn ein Artikel wieder auf Lager ist, außer Sie bitten wieder darum.',
  endedTitle: 'Dieser Link gilt nicht mehr',
  endedText: 'Sie bekommen seinetwegen keine E-Mails.',
  mail: {
    subject: (product) => `Wieder auf Lager: ${product}`,
    heading: (product) => `${product} ist wieder auf Lager`,
    preheader: 'Sie wollten es erfahren.',
    text: (product) => `Sie wollten es erfahren: „${product}“ ist wieder bestellbar.`,
    soon: 'Wir können den Artikel nicht für Sie zurücklegen. Warten Sie nicht zu lange.',
    button: 'Zum Artikel',
    why: (shopName) => `${shopName} hat dies einmal geschickt, weil mit dieser Adresse darum gebeten wurde.`,
    end: 'Benachrichtigungen beenden',
  },
}
