// What a bank's reason means, and what to prove. Source: https://docs.stripe.com/disputes/categories

interface Reason {
  says: string
  prove: string
}

const REASONS: Readonly<Record<string, Reason>> = {
  fraudulent: {
    says: 'The cardholder says they did not make this payment.',
    prove:
      'Prove that the cardholder bought it: their name and email, the same address for billing and delivery, delivery to that address, earlier orders, and what they wrote to you.',
  },
  product_not_received: {
    says: 'The customer says the order did not arrive.',
    prove: 'Prove the delivery: carrier, tracking number, dates, and the address that they gave.',
  },
  product_unacceptable: {
    says: 'The customer says that what arrived is damaged, faulty or not as described.',
    prove:
      'Prove that it was as described: what your page says, pictures, and what you offered when they wrote to you.',
  },
  credit_not_processed: {
    says: 'The customer says they are due a refund that did not come.',
    prove:
      'Prove that it was refunded, or that it is not due: your refund policy, how they accepted it, and why it does not apply.',
  },
  duplicate: {
    says: 'The customer says they were charged more than once.',
    prove: 'Prove that the payments are for different purchases, or that one was refunded.',
  },
  subscription_canceled: {
    says: 'The customer says they canceled before this payment.',
    prove: 'Prove that it was not canceled, or used afterwards: your policy, and what they did.',
  },
  unrecognized: {
    says: 'The cardholder does not recognize this payment.',
    prove: 'Remind them: what was bought, when, by whom, and where it was sent.',
  },
}

const OTHER: Reason = {
  says: 'The bank gives no particular reason.',
  prove: 'Prove the purchase as a whole: what was bought, by whom, where it was sent, and what was agreed.',
}

export function reasonOf(reason: string): Reason {
  return Object.hasOwn(REASONS, reason) ? (REASONS[reason] ?? OTHER) : OTHER
}
