// Subjects and texts of the emails the shop sends.
import { developmentMail } from './development-mail.js'
import { fulfilmentMails } from './fulfilment-mails.js'
import { operatorMails } from './operator-mails.js'

export const mail = {
  ...operatorMails,
  ...developmentMail,
  ...fulfilmentMails,

  /** Without a name when it must not be mailed. */
  hello: (name: string) => (name === '' ? 'Hello,' : `Hello ${name},`),
  viewOrder: 'View your order',
  printReceipt: 'Print receipt',
  allPurchases: 'All your orders',
  orderCaption: (number: string, placed: string) => `Order ${number} · ${placed}`,
  each: (price: string) => `${price} each`,
  total: 'Total',
  paid: 'Paid',
  sentToBuyer: (shopName: string, email: string) =>
    `${shopName} sent this to ${email} because you placed an order with this email.`,

  purchaseSucceeded: {
    subject: (number: string) => `Your order ${number} is paid`,
    heading: 'Thank you for your order',
    bought: (items: string[]) => `You bought ${new Intl.ListFormat('en').format(items)}.`,
    paid: (amount: string) => `You paid ${amount}.`,
    keep: 'Keep this email as your receipt.',
    next: 'We’ll email you again when we send your order.',
    /** To a shopper without an account. */
    openLinks: 'Anyone who has these links can see your order.',
    paidAt: (time: string) => `Paid ${time}`,
  },
  purchaseFailed: {
    subject: (number: string) => `Your payment for order ${number} didn’t go through`,
    heading: 'Your payment didn’t go through',
    preheader: (number: string) => `You weren’t charged for order ${number}. You can try again.`,
    text: (amount: string, number: string) =>
      `Your payment of ${amount} for order ${number} didn’t go through. You weren’t charged.`,
    next: 'Your order is saved. You can try again with the same or another payment method. If your bank declined the payment, it can tell you why.',
    tryAgain: 'Try again',
  },
  paymentOnItsWay: {
    subject: (number: string) => `Your payment for order ${number} is on its way`,
    heading: 'Your payment is on its way',
    preheader: (number: string, amount: string) =>
      `Order ${number}: your bank is sending ${amount}. There’s nothing more to do.`,
    text: (amount: string) =>
      `Thank you for your order. Your bank is sending us ${amount}, which takes up to five business days at most banks.`,
    next: (day: string) =>
      `There’s nothing more to do, and no need to pay again. Expect an update by ${day}: we’ll email you when the money arrives, or if it doesn’t.`,
  },
  /** In place of the above, when the shopper has a voucher to pay. */
  payVoucher: {
    subject: (number: string) => `How to pay for order ${number}`,
    heading: 'One more step: pay your order',
    preheader: (number: string, amount: string, by: string | null) =>
      by === null ? `Order ${number}: pay ${amount}.` : `Order ${number}: pay ${amount} by ${by}.`,
    text: (amount: string) => `Thank you for your order. It isn’t paid yet: you still have to pay ${amount}.`,
    next: (by: string | null) =>
      by === null
        ? 'Follow the payment instructions. We’ll email you when the money arrives, or if it doesn’t.'
        : `Pay your voucher by ${by}. We hold your items until then, and email you when the money arrives. If you don’t pay in time, nothing is charged and the order ends.`,
    link: 'View your voucher',
    linkToInstructions: 'View the payment instructions',
  },
  refundSucceeded: {
    subject: (number: string) => `Your refund for order ${number}`,
    heading: (amount: string) => `${amount} is on its way to you`,
    preheader: (number: string, amount: string) => `Refund of ${amount} for order ${number}.`,
    all: (amount: string) => `We’ve sent ${amount} back to the payment method you used.`,
    part: (amount: string, paid: string) =>
      `We’ve sent ${amount} of the ${paid} you paid back to the payment method you used.`,
    next: 'Most banks show it within ten days. There’s nothing for you to do.',
  },
  refundFailed: {
    subject: (number: string) => `Your refund for order ${number} didn’t arrive`,
    heading: 'Your refund didn’t arrive',
    preheader: (number: string, amount: string) =>
      `The refund of ${amount} for order ${number} came back to us.`,
    text: (amount: string) =>
      `Your bank didn’t accept the refund of ${amount}, and the money came back to us.`,
    notSentPreheader: (number: string, amount: string) =>
      `The refund of ${amount} for order ${number} couldn’t be sent.`,
    notSent: (amount: string) => `We couldn’t send the refund of ${amount} to the payment method you used.`,
    next: 'We know about it and will find another way to send it. There’s nothing for you to do.',
  },

  passwordReset: {
    subject: (shopName: string) => `Set a new password for ${shopName}`,
    heading: 'Set a new password',
    preheader: (minutes: number) => `The link works once, within ${minutes} minutes.`,
    text: (shopName: string) =>
      `We received a request to set a new password for your account at ${shopName}. If that was you, set it here.`,
    button: 'Set a new password',
    ignore: (minutes: number) =>
      `The link works once, within ${minutes} minutes. If it wasn’t you, ignore this email; your password won’t change.`,
    fallback: 'If the button doesn’t work, open this link:',
    why: (shopName: string) =>
      `${shopName} sent this because someone entered your email under “Forgot your password?”.`,
  },
  emailVerification: {
    subject: (shopName: string) => `Confirm your email for ${shopName}`,
    heading: 'Confirm your email',
    preheader: (hours: number) => `The link works for ${hours} hours.`,
    text: (shopName: string) =>
      `Someone created an account at ${shopName} with this email. If that was you, confirm that it’s yours.`,
    button: 'Confirm your email',
    ignore: (hours: number) =>
      `The link works for ${hours} hours. If it wasn’t you, ignore this email, and the account stays unconfirmed.`,
    why: (shopName: string) => `${shopName} sent this because an account was created with your email.`,
  },
  emailChange: {
    subject: (shopName: string) => `Confirm your new email for ${shopName}`,
    heading: 'Confirm your new email',
    preheader: (hours: number) => `The link works for ${hours} hours.`,
    text: (shopName: string) =>
      `Someone with an account at ${shopName} wants to use this email for it. If that was you, sign in and confirm it.`,
    button: 'Confirm your new email',
    ignore: (hours: number) =>
      `The link works for ${hours} hours. If it wasn’t you, ignore this email, and nothing changes.`,
    why: (shopName: string) => `${shopName} sent this because your email was entered in an account.`,
  },
  emailChanged: {
    subject: (shopName: string) => `The email of your ${shopName} account was changed`,
    heading: 'Your email was changed',
    preheader: 'If it wasn’t you, contact us now.',
    text: (shopName: string, time: string) =>
      `Your account at ${shopName} got another email on ${time}. You now sign in with that one, and we no longer write to you here about your account.`,
    notYou: (supportEmail: string | null) =>
      supportEmail === null
        ? 'If it wasn’t you, contact us right away.'
        : `If it wasn’t you, write to ${supportEmail} right away.`,
    why: (shopName: string) => `${shopName} sends this to the old email whenever that of an account changes.`,
  },
  passwordChanged: {
    subject: (shopName: string) => `Your ${shopName} password was changed`,
    heading: 'Your password was changed',
    preheader: 'If it wasn’t you, set a new password now.',
    text: (shopName: string, time: string) =>
      `The password of your account at ${shopName} was changed on ${time}. You were signed out everywhere else.`,
    notYou: 'If it wasn’t you, set a new password now:',
    button: 'Reset your password',
    why: (shopName: string) => `${shopName} sends this whenever the password of your account changes.`,
  },
}
