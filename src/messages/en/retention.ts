// The page that says what the shop keeps, and for how long.
import { plural } from './plural.js'

export const retention = {
  title: 'What we keep, and for how long',
  lead: 'We keep personal data only as long as we need it. This is what the shop does by itself, every few minutes.',
  policy: 'Read our privacy policy',
  limitedHeading: 'Kept for a limited time',
  what: 'What',
  howLong: 'How long',
  days: (count: number) => `${count} ${plural(count, 'day', 'days')}`,
  hours: (count: number) => `${count} ${plural(count, 'hour', 'hours')}`,
  period: (period: string, from: string) => `${period} ${from}`,
  /** What it is, what for, and from when it is counted. */
  kept: {
    sessions: {
      label: 'Where you’re signed in',
      why: 'Your browser’s name and when you last used the shop, so you stay signed in.',
      from: 'after you last used it',
    },
    apiTokens: {
      label: 'Apps with access',
      why: 'Apps and sites that signed in for you.',
      from: 'at most',
    },
    guestCarts: {
      label: 'Carts without an account',
      why: 'What you put into the cart before you signed in.',
      from: 'after you last changed it',
    },
    attempts: {
      label: 'Counts of attempts',
      why: 'How often a network or an account tried something, so nobody can guess passwords. Addresses are stored as a code.',
      from: 'at most',
    },
    passwordResets: {
      label: 'Links to reset a password',
      why: 'Stored as a code that opens nothing.',
      from: 'after you asked for one',
    },
    verifications: {
      label: 'Links to confirm an email',
      why: 'Stored as a code that opens nothing.',
      from: 'after we sent one',
    },
    emailChanges: {
      label: 'New emails that nobody confirmed',
      why: 'An email you entered, until you open its link.',
      from: 'after you entered it',
    },
    stockNotices: {
      label: 'Who waits for something sold out',
      why: 'The email you gave, to tell you once when it’s back. 30 days after we told you, it is deleted.',
      from: 'after you asked, at most',
    },
    mails: {
      label: 'The text of our emails',
      why: 'To see what we told you. After that, we keep only that we wrote, and when.',
      from: 'after we wrote one',
    },
    events: {
      label: 'What Stripe reports about payments',
      why: 'To settle your orders. After that, we keep only the kind of report and its time.',
      from: 'after Stripe reported it, or once we’ve dealt with it',
    },
  },
  accountHeading: 'Kept until you delete your account',
  account: [
    'Your name, email, saved addresses and cart',
    'An email you had before, if you changed it, and when',
    'Your password, two-step sign-in and recovery codes, in a form that nobody can read',
    'Your customer record at Stripe, with the cards and the address that you saved there',
  ],
  ordersHeading: 'Kept with your orders',
  orders: [
    'The names, emails, addresses and phone number you gave for them, and the kind of card you paid with',
    'The network you ordered from, as a code that can’t be turned back into an address, to keep anyone from holding all the stock',
    'Links that open an order without signing in, as a code that opens nothing, until we end them',
    'What you wrote to us about a return, our notes, and what we sent your bank if you disputed a payment',
  ],
  ordersUntil: 'When you delete your account, we erase these.',
  staffHeading: 'Kept about those who run the shop',
  staff:
    'Who was invited, saved views, and a log of what they did with the network they did it from. The log has no personal data of shoppers.',
  manage: 'See, download or delete your data',
  booksHeading: 'Kept for our books',
  books:
    'What was bought, when and for how much, the country, and tax IDs. We must keep these by law. When you delete your account, your name, email, phone number and address are erased from them.',
  erasedHeading: 'Kept once we’ve erased you',
  erased:
    'That we did, with a fingerprint of your email address instead of the address. If we ever have to restore a backup, it tells us whom to erase again.',
  guestsHeading: 'Orders without an account',
  guests:
    'They have the email and address that you gave for them. Create an account with the same email to see, download or delete them.',
}
