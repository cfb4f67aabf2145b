// A shopper's orders: their states, history, lists, pages and receipts.
export const orders = {
  /** By the order's state: a label, and what it means for the shopper. */
  states: {
    pending: {
      label: 'Waiting for payment',
      sentence: 'Nothing has been charged. Pay when you’re ready.',
    },
    confirming: {
      label: 'Payment under review',
      sentence: 'We’re reviewing this payment. Please don’t pay again. We’ll email you when we’re done.',
    },
    processing: {
      label: 'Payment on its way',
      sentence:
        'Your bank is sending the money, which can take a few days. You don’t need to pay again. We’ll email you when it arrives.',
    },
    paid: {
      label: 'Paid',
      sentence: 'We’ve received your payment.',
    },
    partially_refunded: {
      label: 'Partly refunded',
      sentence:
        'We’ve refunded part of your payment to your original payment method. It can take a few days to appear on your statement.',
    },
    refunded: {
      label: 'Refunded',
      sentence:
        'We’ve refunded your payment to your original payment method. It can take a few days to appear on your statement.',
    },
    disputed: {
      label: 'Disputed',
      sentence:
        'Your bank is reviewing this payment and holds the money until it decides. There’s nothing for you to do here.',
    },
    charged_back: {
      label: 'Charged back',
      sentence: 'Your bank has returned the money to you, and this order is closed.',
    },
    failed: {
      label: 'Payment failed',
      sentence:
        'Your payment didn’t go through, and nothing was charged. You can try again with the same or another payment method.',
    },
    expired: {
      label: 'Not paid',
      sentence: 'This order wasn’t paid, and nothing was charged. You can still pay for it.',
    },
    canceled: {
      label: 'Canceled',
      sentence: 'This order was canceled, and nothing was charged.',
    },
    preparing: {
      label: 'Preparing to ship',
      sentence: 'We’ve received your payment and are preparing your order. We’ll email you when we send it.',
    },
    partly_shipped: {
      label: 'Partly shipped',
      sentence: 'We’ve sent part of your order. We’ll email you when we send the rest.',
    },
    shipped: {
      label: 'Shipped',
      sentence: 'Your order is on its way to you.',
    },
    delivered: {
      label: 'Delivered',
      sentence: 'Your order has arrived.',
    },
    return_requested: {
      label: 'Return requested',
      sentence:
        'We’ve received your return request. We’ll email you our answer. Please don’t send anything yet.',
    },
    return_accepted: {
      label: 'Return accepted',
      sentence: 'We’ve accepted your return. See below how to send it back.',
    },
    return_received: {
      label: 'Return received',
      sentence: 'We’ve received what you sent back. We’ll email you when we send the refund.',
    },
  },
  /** "Shipped · Partly refunded". */
  labelWithNote: (label: string, note: string) => `${label} · ${note}`,
  /** What is happening to money, beside the state. */
  moneyNotes: {
    refund_failed: { label: 'Refund delayed', sentence: '' },
    refund_pending: {
      label: 'Refund on its way',
      sentence: 'A refund is on its way to you. We’ll email you when it’s sent.',
    },
    partly_refunded: {
      label: 'Partly refunded',
      sentence: 'Part of your payment has been returned to you.',
    },
  },
  /** While the order's items are held in stock. */
  pendingAndHeld: 'Nothing has been charged. Pay when you’re ready. We’ll hold your items for a short time.',
  /** While the bank still has time to answer. */
  processingUntil: (day: string) =>
    `Your bank is sending the money. Expect an update by ${day}. You don’t need to pay again. We’ll email you when it arrives, or if it doesn’t.`,

  /** When the bank returned a part, or a part was refunded and the bank returned another. */
  partlyReturned: 'Part of your payment has been returned to you.',
  /** While the shopper still has to pay a voucher. */
  voucher: {
    label: 'Waiting for your payment',
    sentence: (by: string | null, isOver: boolean) =>
      isOver
        ? `Your voucher could be paid until ${by}. If you paid it in time, the money can take a few days to reach us, and we’ll email you when it does. If you didn’t, nothing is charged and this order ends. Don’t pay the voucher now.`
        : by === null
          ? 'This order isn’t paid yet. Follow the payment instructions. We hold your items until then, and email you when the money arrives.'
          : `This order isn’t paid yet. Pay your voucher by ${by}. We hold your items until then, and email you when the money arrives. If you don’t pay in time, nothing is charged and this order ends.`,
    link: 'View your voucher',
    linkToInstructions: 'View the payment instructions',
  },
  /** Payments that don't match the order. */
  unmatched: {
    held: (amounts: string[]) =>
      `We’ve received ${new Intl.ListFormat('en').format(amounts)}, which doesn’t match this order. We’re looking into it, and will refund you or email you. Please don’t pay again.`,
    returned:
      'This order isn’t paid. We’ve refunded a payment that didn’t match it. You can still pay for this order.',
  },

  /** The lines of an order's history. */
  history: {
    heading: 'Order history',
    placed: 'Order placed',
    processing: 'Payment submitted to your bank',
    voucher: 'Voucher issued',
    unmatched: (amount: string) => `Received ${amount}, which doesn’t match this order`,
    failed: 'Payment failed',
    paid: (amount: string) => `Paid ${amount}`,
    paidAs: (amount: string, charged: string) => `Paid ${amount}, charged as ${charged}`,
    refundPending: (amount: string) => `Refund of ${amount} on its way`,
    refunded: (amount: string) => `Refunded ${amount}`,
    refundFailed: (amount: string) => `Refund of ${amount} failed`,
    inquiry: 'Your bank asked about this payment',
    disputed: (amount: string) => `Your bank took back ${amount} while it reviews this payment`,
    inquiryClosed: 'Your bank closed its inquiry about this payment',
    disputePrevented: 'The dispute about this payment was resolved',
    disputeWon: 'Your bank decided that the payment stands',
    disputeLost: (amount: string) => `Your bank returned ${amount} to you`,
    canceled: 'Order canceled',
    shipped: (carrier: string | null) => (carrier === null ? 'Parcel sent' : `Parcel sent with ${carrier}`),
    delivered: 'Parcel delivered',
    returnRequested: 'Return requested',
    returnAccepted: 'Return accepted',
    returnReceived: 'Return received',
    returnDeclined: 'Return declined',
  },
  refundStates: {
    pending: 'Refund on its way',
    succeeded: 'Refunded',
    failed: 'Refund failed',
    /** Stripe names a status that the shop does not know. */
    unknown: 'Refund',
  },
  /** The sums below an order's lines. */
  sums: {
    subtotal: 'Subtotal',
    discount: 'Discount',
    delivery: (rate: string) => (rate === '' ? 'Delivery' : `Delivery (${rate})`),
    free: 'Free',
    tax: 'Tax',
    total: 'Total',
    totalBeforeTax: 'Total before tax',
    taxToCome: 'Tax is calculated on Stripe’s page.',
    includesAnyTax: 'Includes tax',
    includesTax: (amount: string) => `Includes ${amount} tax`,
    chargedAs: (amount: string) => `Charged as ${amount}`,
    paid: 'Paid',
    paidIn: (currency: string) => `Paid (${currency})`,
    refunded: 'Refunded',
    heldInDispute: 'Held in dispute',
    returnedByBank: 'Returned by your bank',
    netPaid: 'Net paid',
    unmatched: 'Received, doesn’t match this order',
  },

  delivery: {
    heading: 'Delivery to',
    rate: 'Delivery',
    corrected: 'We corrected this address.',
  },

  shipment: {
    heading: (number: number, count: number) => (count === 1 ? 'Your parcel' : `Parcel ${number}`),
    line: (quantity: number, name: string) => `${quantity} × ${name}`,
    carrier: (carrier: string, number: string) => `${carrier} ${number}`.trim(),
    trackingNumber: (number: string) => `Tracking number ${number}`,
    track: 'Track this parcel',
    sentAt: 'Sent',
    deliveredAt: 'Delivered',
  },
  cancel: {
    button: 'Cancel order',
    notPossibleTitle: 'This order can’t be canceled',
    paid: 'This order was paid, so it isn’t canceled.',
    processing: 'A payment for this order is on its way, so it can’t be canceled.',
    underReview: 'We’re reviewing a payment for this order, so it can’t be canceled yet.',
  },
  returns: {
    heading: 'Returns',
    returnItems: 'Return items',
    lead: (until: string) =>
      `You can request a return until ${until}. We’ll email you our answer, and how to send the items back.`,
    howMany: 'How many would you like to return?',
    quantity: (name: string, max: number) => `${name} (up to ${max})`,
    reason: 'Reason for the return',
    submit: 'Request a return',
    yourReason: (reason: string) => `You wrote: ${reason}`,
    answer: (answer: string) => `Our answer: ${answer}`,
    notPossibleTitle: 'Return not possible',
    off: 'Returns can’t be requested on this page. Please contact us.',
    nothingToReturn: 'No items of this order can be returned on this page any more. Please contact us.',
    tooMany: (name: string, left: number) =>
      left === 0 ? `“${name}” can’t be returned.` : `Only ${left} of “${name}” can be returned.`,
    noLines: 'Choose how many units you want to return.',
    noReason: 'Tell us the reason for the return.',
    longReason: (max: number) => `Shorten your reason to ${max} characters.`,
    /** By the return's state. */
    states: {
      requested: {
        label: 'Requested',
        sentence: 'We’ll email you our answer. Please don’t send anything yet.',
      },
      accepted: { label: 'Accepted', sentence: 'Please send these items back to us.' },
      received: { label: 'Received', sentence: 'We’ll email you when we send the refund.' },
      refunded: { label: 'Refunded', sentence: 'We’ve refunded this return.' },
      declined: { label: 'Declined', sentence: 'We can’t accept this return.' },
    },
  },

  paymentMethods: {
    endingIn: (name: string, last4: string) => `${name} ending in ${last4}`,
    /** By Stripe's word. Other methods have the same name in every language. */
    types: {
      card: 'Card',
      link: 'Link',
      sepa_debit: 'SEPA Direct Debit',
      us_bank_account: 'Bank account',
      bacs_debit: 'Bacs Direct Debit',
      customer_balance: 'Bank transfer',
      paypal: 'PayPal',
      ideal: 'iDEAL',
      eps: 'EPS',
      p24: 'Przelewy24',
      boleto: 'Boleto',
      oxxo: 'OXXO',
      konbini: 'Konbini',
      multibanco: 'Multibanco',
    },
  },

  invoice: 'Invoice (PDF)',

  account: 'Your account',
  orders: 'Orders',
  filter: 'Filter',
  goToShop: 'Go to the shop',

  list: {
    title: 'Your orders',
    filters: {
      all: 'All',
      open: 'Open',
      paid: 'Paid',
      refunded: 'Refunded',
      disputed: 'Disputed',
      unpaid: 'Not paid',
    },
    noneHeading: 'No orders yet',
    none: 'Orders you place will appear here.',
    noMatchHeading: 'No orders found',
    noMatch: 'None of your orders match this filter.',
    showAll: 'Show all orders',
    items: (first: string, others: number) => (others === 0 ? first : `${first} and ${others} more`),
    orderContext: (number: string) => `, order ${number}`,
    quantity: (quantity: number) => `Qty ${quantity}`,
    refunded: (amount: string) => `${amount} refunded`,
    pay: 'Pay',
    track: 'Track',
    receipt: 'Receipt',
    return: 'Return',
    buyAgain: 'Buy again',
  },

  page: {
    title: (number: string) => `Order ${number}`,
    order: 'Order',
    yourOrder: 'Your order',
    news: (number: string, state: string) => `Order ${number}: ${state}`,
    status: 'Status:',
    pay: (total: string) => `Pay ${total}`,
    payPlusTax: (total: string) => `Pay ${total} plus tax`,
    confirmationTo: 'We’ll email a confirmation to',
    needChanges: 'Need changes?',
    editCart: 'Edit your cart',
    updatesItself: 'This page updates automatically.',
    refresh: 'Refresh',
    refundFailed:
      'Your bank couldn’t accept a refund and returned the money to us. We know about it and will find another way to send it.',
    refundRefused: 'A refund couldn’t be sent. We know about it and will find another way to send it.',
    printReceipt: 'Print receipt',
    terms: 'Accepted terms',
    termsVersion: (version: string) => `Version ${version}`,
    placedAt: 'Ordered',
    paidAt: 'Paid',
    email: 'Email',
  },

  receipt: {
    title: (number: string) => `Receipt ${number}`,
    heading: 'Receipt',
    seller: 'Seller:',
    billedTo: 'Billed to',
    taxId: (id: string) => `Tax ID ${id}`,
    status: 'Status',
    paymentMethod: 'Paid with',
    caption: 'Items and payments',
    product: 'Product',
    price: 'Price',
    amount: 'Amount',
    refundPending: (amount: string, since: string) =>
      `A refund of ${amount} has been on its way since ${since}.`,
    testMode: 'Test mode: no money moved.',
    asOf: 'As of',
    /** After "Order" and its number. */
    footer: (shopName: string) => `at ${shopName}. Payment handled by Stripe.`,
    print: 'Print',
    download: 'Download as PDF',
    viewOrder: 'View your order',
    notPaidTitle: 'No receipt yet',
    notPaid: 'This order isn’t paid. Its receipt will be here once it is.',
  },

  /** For visitors who are not signed in. */
  guest: {
    notFoundHere:
      'This order doesn’t exist, or you don’t have access. If it’s yours, sign in, or open the link in our email again.',
    signIn: 'Sign in',
  },

  tooManyWindows: 'Your orders are already open in several windows.',
  updatesBusyTitle: 'Live updates are busy',
  updatesBusy: 'The page will check for updates by itself.',
}
