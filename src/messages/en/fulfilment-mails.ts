// Subjects and texts of the mails about what happens to an order after it is placed: shipments, cancellation, returns.
export const fulfilmentMails = {
  shipmentSent: {
    subject: (number: string, isPart: boolean) =>
      isPart ? `Part of your order ${number} is on its way` : `Your order ${number} is on its way`,
    heading: 'Your parcel is on its way',
    preheader: (number: string, carrier: string | null) =>
      carrier === null
        ? `We’ve sent a parcel from order ${number}.`
        : `We’ve sent a parcel from order ${number} with ${carrier}.`,
    text: (number: string) => `We’ve sent these items from your order ${number}:`,
    rest: 'We’ll email you again when we send the rest of your order.',
    track: 'Track your parcel',
  },
  shipmentDelivered: {
    subject: (number: string, isAll: boolean) =>
      isAll ? `Your order ${number} has arrived` : `A parcel from your order ${number} has arrived`,
    heading: 'Your parcel has arrived',
    preheader: (number: string) => `A parcel from order ${number} was delivered.`,
    text: (number: string) => `These items from your order ${number} were delivered:`,
    missing: 'If you can’t find your parcel, please contact us.',
  },
  orderCanceled: {
    subject: (number: string) => `Your order ${number} is canceled`,
    heading: 'Your order is canceled',
    text: (number: string) =>
      `Your order ${number} is canceled. It wasn’t paid, so nothing was charged, and it can’t be paid any more.`,
  },
  returnRequested: {
    subject: (number: string) => `Your return request for order ${number}`,
    heading: 'We’ve received your return request',
    text: (number: string) => `You asked to return these items from your order ${number}:`,
    next: 'We’ll email you our answer. Please don’t send anything yet.',
  },
  returnAccepted: {
    subject: (number: string) => `Your return for order ${number} is accepted`,
    heading: 'Your return is accepted',
    text: (number: string) => `You can send back these items from your order ${number}:`,
    how: 'How to send them back:',
  },
  returnReceived: {
    subject: (number: string) => `Your return for order ${number} has arrived`,
    heading: 'Your return has arrived',
    text: (number: string) => `We’ve received these items from your order ${number}:`,
    next: 'We’ll email you when we send your refund.',
  },
  returnDeclined: {
    subject: (number: string) => `Your return request for order ${number} is declined`,
    heading: 'We can’t accept your return',
    text: (number: string) => `We can’t accept a return of these items from your order ${number}:`,
    why: 'Our reason:',
  },
}
