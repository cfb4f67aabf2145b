// Subjects and texts of the mails about what happens to an order after it is placed: shipments, cancellation, returns.
export const fulfilmentMails = {
  shipmentSent: {
    subject: (number: string) => `Your order ${number} is on its way`,
    heading: 'Your parcel is on its way',
    preheader: (number: string, carrier: string | null) =>
      carrier === null ? `We’ve sent order ${number}.` : `We’ve sent order ${number} with ${carrier}.`,
    text: (number: string) => `We’ve sent this from your order ${number}:`,
    rest: 'The rest follows. We’ll email you when we send it.',
    track: 'Track your parcel',
  },
  shipmentDelivered: {
    subject: (number: string) => `Your order ${number} has arrived`,
    heading: 'Your parcel has arrived',
    preheader: (number: string) => `A parcel of order ${number} was delivered.`,
    text: (number: string) => `This was delivered from your order ${number}:`,
    missing: 'If you can’t find it, please ask us.',
  },
  orderCanceled: {
    subject: (number: string) => `Your order ${number} is canceled`,
    heading: 'Your order is canceled',
    text: (number: string) =>
      `We’ve canceled your order ${number}. It wasn’t paid, so nothing was charged. You can’t pay for it any more.`,
  },
  returnRequested: {
    subject: (number: string) => `Your return request for order ${number}`,
    heading: 'We’ve received your return request',
    text: (number: string) => `You want to return this from your order ${number}:`,
    next: 'We’ll email you our answer. Please don’t send anything yet.',
  },
  returnToAnswer: {
    subject: (number: string) => `A return of order ${number} waits for your answer`,
    heading: 'A return waits for your answer',
    text: (number: string) => `The shopper wants to return this from order ${number}:`,
    reason: (reason: string) => `Their reason: ${reason}`,
    commands: (key: string) =>
      `Accept it with npm run orders -- returns accept ${key} --answer "Where to send it", or decline it with npm run orders -- returns decline ${key} --reason "Why".`,
  },
  returnAccepted: {
    subject: (number: string) => `Your return of order ${number} is accepted`,
    heading: 'Your return is accepted',
    text: (number: string) => `We’ve accepted your return of this from your order ${number}:`,
  },
  returnReceived: {
    subject: (number: string) => `Your return of order ${number} has arrived`,
    heading: 'Your return has arrived',
    text: (number: string) => `We’ve received this from your order ${number}:`,
    next: 'We’ll email you when we send the refund.',
  },
  returnDeclined: {
    subject: (number: string) => `Your return of order ${number}`,
    heading: 'We can’t accept your return',
    text: (number: string) => `We can’t accept your return of this from your order ${number}:`,
  },
}
