// Subjects and texts of the emails to operators. They are English in every language of the shop, as the admin is.
export const operatorMails = {
  orderKey: (key: string) => `Order key: ${key}`,
  shopper: (email: string) => `Shopper: ${email}`,
  status: (state: string) => `Status: ${state}`,
  openOrder: 'Open the order',
  sentToOperator: (shopName: string) => `${shopName} sent this to its operator.`,

  returnToAnswer: {
    subject: (number: string) => `Return request for order ${number}`,
    heading: 'A return request needs your answer',
    text: (number: string) => `The shopper asks to return these items from order ${number}:`,
    reason: (reason: string) => `Their reason: ${reason}`,
    answer: 'Answer it',
    accept: 'Or accept it by command:',
    acceptCommand: (key: string) => `npm run orders -- returns accept ${key} --answer "Where to send it"`,
    decline: 'Decline it by command:',
    declineCommand: (key: string) => `npm run orders -- returns decline ${key} --reason "Why"`,
  },
  operatorInvited: {
    subject: (shopName: string) => `Help run ${shopName}`,
    heading: (shopName: string) => `You’re invited to run ${shopName}`,
    preheader: (days: number) => `Accept within ${days} days.`,
    text: (shopName: string, role: string) =>
      `You’re invited to run ${shopName} as an ${role}. You then see its orders and customers, so use a password of its own and have an authenticator app at hand.`,
    button: 'Accept the invitation',
    ignore: (days: number) =>
      `The link works once, within ${days} days. If you don’t know why you got this email, ignore it.`,
    fallback: 'If the button doesn’t work, open this link:',
    why: (shopName: string) => `${shopName} sent this because an owner of the shop entered your email.`,
  },
  dispute: {
    inquiryOpenedSubject: (number: string) => `A bank asks about order ${number}`,
    openedSubject: (number: string) => `Order ${number} is disputed`,
    closedSubject: (number: string, isInquiry: boolean) =>
      `The ${isInquiry ? 'inquiry' : 'dispute'} about order ${number} has ended`,
    preheader: (amount: string, dueBy: string | null) =>
      dueBy === null ? `${amount}: respond with evidence.` : `${amount}: respond by ${dueBy}.`,
    inquiryText: (amount: string) =>
      `The shopper’s bank asks about ${amount}. No money has moved. Without a response this can become a dispute.`,
    openedText: (amount: string) =>
      `The shopper’s bank has taken ${amount} back and holds it until it decides. Don’t refund this order in the meantime: that would pay twice.`,
    respond: (dueBy: string | null) => `Respond with evidence${dueBy === null ? '' : ` by ${dueBy}`}.`,
    open: (isInquiry: boolean) => `Open the ${isInquiry ? 'inquiry' : 'dispute'}`,
    closedText: (amount: string, outcome: string) => `The amount was ${amount}. ${outcome}`.trim(),
    reason: (reason: string) => `The bank’s reason: ${reason}`,
    id: (id: string, isInquiry: boolean) => `${isInquiry ? 'Inquiry' : 'Dispute'} at Stripe: ${id}`,
    /** How a dispute ended, by its status. */
    outcome: {
      warning_closed: 'The bank closed it without a dispute, and no money moved.',
      prevented: 'It was settled before it became a dispute.',
      won: 'You won, and the money is yours again.',
      lost: 'You lost, and the shopper keeps the money.',
    },
  },
  newOrder: {
    subject: (number: string, total: string) => `New order ${number}: ${total}`,
    heading: (number: string) => `New order ${number}`,
    paid: (amount: string) => `${amount} is paid.`,
    onItsWay: (amount: string) =>
      `The payment of ${amount} is on its way. Wait for it before you send anything.`,
    more: (key: string) => `By command: npm run orders -- show ${key}`,
    stop: 'To stop these emails: npm run settings -- set new-order-mails off',
  },
  operatorAttention: {
    subject: (number: string) => `Order ${number} needs your attention`,
    heading: (number: string) => `Order ${number} needs your attention`,
    text: 'The payment needs a person to review it.',
  },
  incidentReport: {
    subject: (shopName: string, count: number) =>
      `${shopName}: ${count === 1 ? 'something needs you' : `${count} things need you`}`,
    heading: (count: number) => (count === 1 ? 'Something needs you' : `${count} things need you`),
    about: (number: number, about: string, since: string) => `Incident ${number} · ${about} · since ${since}`,
    more: (count: number) => `And ${count} more.`,
    open: 'Open it',
    all: 'All open incidents',
    commands: 'By command: npm run incidents -- list, and npm run incidents -- resolve ID',
  },
}
