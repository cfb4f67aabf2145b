// Creating an account, signing in, resetting a password, and the account's page, in German.
import type { Messages } from '../en/index.js'

export const accounts: Messages['accounts'] = {
  errorTitle: (title) => `Fehler: ${title}`,
  name: 'Name',
  email: 'E-Mail-Adresse',
  password: 'Passwort',
  passwordHint: (min) => `Mindestens ${min} Zeichen. Mehrere Wörter eignen sich gut.`,

  registerTitle: 'Konto anlegen',
  registerText: 'Ihre Bestellungen und Belege an einem Ort.',
  emailHint: 'An diese Adresse senden wir Ihre Belege.',
  register: 'Konto anlegen',
  haveAccount: 'Haben Sie schon ein Konto?',

  signInTitle: 'Anmelden',
  signIn: 'Anmelden',
  forgotLink: 'Passwort vergessen?',
  demoHeading: 'Nur mal schauen?',
  demoText: 'Mit diesem Konto können Sie den Shop ausprobieren.',
  demoOperatorText: 'Mit diesem können Sie ihn unter /admin verwalten.',
  newHere: 'Neu hier?',
  createAccount: 'Konto anlegen',
  signInToPurchase: 'Melden Sie sich an oder legen Sie ein Konto an, um Ihren Einkauf fortzusetzen.',
  passwordChanged: 'Ihr Passwort wurde geändert. Melden Sie sich mit dem neuen Passwort an.',

  forgotTitle: 'Passwort vergessen?',
  forgotText:
    'Geben Sie Ihre E-Mail-Adresse ein. Wir senden Ihnen einen Link, mit dem Sie Ihr Passwort zurücksetzen.',
  sendLink: 'Link senden',
  backToSignIn: 'Zurück zur Anmeldung',
  sentTitle: 'Sehen Sie in Ihre E-Mails',
  sent: {
    before: 'Falls es ein Konto für',
    after: 'gibt, haben wir einen Link zum Zurücksetzen des Passworts dorthin gesendet.',
  },
  noMailServer: 'Es ist kein E-Mail-Server eingerichtet:',
  readMailHere: 'hier lesen',
  notArrived: 'Nach ein paar Minuten noch nichts da? Sehen Sie im Spam-Ordner nach, oder',
  tryAnotherEmail: 'versuchen Sie eine andere Adresse',

  resetTitle: 'Neues Passwort festlegen',
  newPassword: 'Neues Passwort',
  savePassword: 'Passwort speichern',
  linkInvalidTitle: 'Dieser Link funktioniert nicht mehr',
  linkInvalid: 'Dieser Link ist abgelaufen oder wurde schon benutzt. Fordern Sie einen neuen an.',
  requestLink: 'Neuen Link anfordern',

  verifyTitle: 'E-Mail-Adresse bestätigen',
  verifyText: (email) => `Bestätigen Sie, dass ${email} Ihre Adresse ist.`,
  verify: 'Adresse bestätigen',
  verifyOfAnother: (email) =>
    `Sie sind in einem anderen Konto angemeldet. Um ${email} zu bestätigen, melden Sie sich ab, melden Sie sich mit dieser Adresse an und öffnen Sie den Link noch einmal.`,
  verifiedTitle: 'Ihre E-Mail-Adresse ist bestätigt',
  verifiedText: (email) => `Vielen Dank. ${email} ist jetzt bestätigt.`,
  verifyLinkInvalid:
    'Dieser Link ist abgelaufen oder wurde schon benutzt. In Ihrem Konto können Sie einen neuen anfordern.',
  goToAccount: 'Zu Ihrem Konto',

  accountTitle: 'Ihr Konto',
  details: 'Ihre Daten',
  emailConfirmed: 'Bestätigt',
  emailUnconfirmed:
    'Noch nicht bestätigt. Öffnen Sie den Link, den wir Ihnen gesendet haben. Danach zeigt Ihr Konto auch die Bestellungen, die Sie ohne Anmeldung bezahlt haben.',
  resendLink: 'Neuen Link senden',
  linkSent: (email) => `Wir haben einen Link an ${email} gesendet.`,
  alreadyConfirmed: 'Ihre E-Mail-Adresse ist schon bestätigt.',
  changePasswordTitle: 'Passwort ändern',
  changePasswordText: 'Damit werden Sie auf allen anderen Geräten und in allen Apps abgemeldet.',
  currentPassword: 'Aktuelles Passwort',
  changePassword: 'Passwort ändern',
  passwordChangedHere:
    'Ihr Passwort wurde geändert. Auf Ihren anderen Geräten und in allen Apps sind Sie abgemeldet.',
  currentIncorrect: 'Das ist nicht Ihr aktuelles Passwort.',
  sessionsTitle: 'Wo Sie angemeldet sind',
  sessionsText: 'Erkennen Sie ein Gerät nicht wieder, melden Sie es ab und ändern Sie Ihr Passwort.',
  unknownDevice: 'Unbekanntes Gerät',
  deviceName: (browser, system) => `${browser} unter ${system}`,
  thisDevice: 'Dieses Gerät',
  signedInOn: 'Angemeldet',
  lastUsed: 'Zuletzt benutzt',
  signOutDevice: 'Abmelden',
  signOutOthers: 'Alle anderen Geräte und Apps abmelden',
  deviceSignedOut: 'Dieses Gerät ist abgemeldet.',
  othersSignedOut: 'Alle anderen Geräte und Apps sind abgemeldet.',
  appsTitle: 'Apps und Websites mit Zugriff',
  appsText:
    'Sie haben sich mit Ihrem Passwort angemeldet, können für Sie bestellen und sehen Ihre Bestellungen.',
  unknownApp: 'Eine App',
  signOutApp: 'Abmelden',
  appSignedOut: 'Der Zugriff ist beendet.',

  required: 'Bitte füllen Sie dieses Feld aus.',
  nameMissing: 'Bitte geben Sie Ihren Namen ein.',
  nameTooLong: (max) => `Verwenden Sie höchstens ${max} Zeichen.`,
  nameInvalid: 'Entfernen Sie Zeilenumbrüche und andere Steuerzeichen.',
  emailMissing: 'Bitte geben Sie Ihre E-Mail-Adresse ein.',
  emailInvalid: 'Geben Sie eine gültige E-Mail-Adresse ein, zum Beispiel name@example.com.',
  emailTooLong: 'Diese E-Mail-Adresse ist zu lang.',
  passwordMissing: 'Bitte geben Sie Ihr Passwort ein.',
  passwordTooShort: (min) => `Verwenden Sie mindestens ${min} Zeichen.`,
  passwordTooLong: (max) => `Verwenden Sie höchstens ${max} Zeichen.`,
  passwordIsEmail: 'Ihr Passwort darf nicht Ihre E-Mail-Adresse sein.',
  passwordIsPersonal:
    'Ihr Passwort darf nicht Ihr Name, Ihre E-Mail-Adresse oder der Name dieses Shops sein.',
  passwordIsCommon:
    'Viele Menschen benutzen dieses Passwort, es ist leicht zu erraten. Wählen Sie ein anderes.',
  incorrect: 'E-Mail-Adresse oder Passwort ist falsch.',
  blockedTitle: 'Dieses Konto ist gesperrt',
  blocked:
    'Mit dieser E-Mail-Adresse können Sie sich nicht anmelden und nichts bestellen. Bezahlte Bestellungen sind davon nicht betroffen. Wenn Sie das für einen Irrtum halten, wenden Sie sich an uns.',
  emailUnavailable:
    'Mit dieser E-Mail-Adresse können Sie kein Konto anlegen. Wenn es Ihre ist, melden Sie sich an oder setzen Sie Ihr Passwort zurück.',

  tooManyAccounts: 'Zu viele neue Konten aus Ihrem Netz. Bitte versuchen Sie es später noch einmal.',
  tooManySignIns: 'Zu viele Anmeldeversuche. Warten Sie eine Weile, oder setzen Sie Ihr Passwort zurück.',
  resetPassword: 'Passwort zurücksetzen',
  tooManyResets:
    'Sie haben mehrere Links angefordert. Sehen Sie in Ihre E-Mails, oder versuchen Sie es in einer Stunde noch einmal.',
  tooManyLinks:
    'Wir haben Ihnen mehrere Links gesendet. Sehen Sie in Ihre E-Mails, oder versuchen Sie es in einer Stunde noch einmal.',
  tooManyPasswords: 'Zu viele falsche Passwörter. Bitte warten Sie eine Weile.',
  busyTitle: 'Gerade melden sich viele Menschen an',
  busy: 'Bitte versuchen Sie es in ein paar Sekunden noch einmal.',
  signInRequiredTitle: 'Bitte melden Sie sich an',
  signInRequired: 'Dafür müssen Sie angemeldet sein.',
  invalidTokenTitle: 'Bitte melden Sie sich noch einmal an',
  invalidToken:
    'Dieses Token ist falsch, abgelaufen oder widerrufen. Melden Sie sich an, um ein neues zu erhalten.',
}
