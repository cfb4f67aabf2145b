// Every kind of incident: what its subject is, and what to do about it.

export const INCIDENT_KINDS = {
  event_quarantined: {
    subject: 'event',
    whatToDo: (id: string) =>
      `Look at the payment in Stripe’s dashboard: refund it there, or correct the order. Then: npm run events -- replay ${id}`,
  },
  event_failed: {
    subject: 'event',
    whatToDo: (id: string) =>
      `Read the error (npm run events -- show ${id}) and fix its cause. Then: npm run events -- replay ${id}`,
  },
  refund_refused: {
    subject: 'refund',
    whatToDo: () =>
      'Look at the payment in Stripe’s dashboard for the reason. Refund again, or send the money another way.',
  },
  refund_failed: {
    subject: 'refund',
    whatToDo: () =>
      'The money came back to your Stripe balance. Ask the shopper where to send it, and send it outside Stripe.',
  },
  product_not_payable: {
    subject: 'product',
    whatToDo: () =>
      'Correct the product, then put it on sale again: set "active" to true. "npm run products -- list" shows what is wrong.',
  },
  mail_failed: {
    subject: 'mail',
    whatToDo: () =>
      'Check SMTP_URL and the address. Tell the recipient another way what the mail would have said.',
  },
} as const satisfies Record<string, { subject: string; whatToDo: (subject: string) => string }>

export type IncidentKind = keyof typeof INCIDENT_KINDS

/** What to do about an incident. Empty for a kind that only a newer release knows. */
export function whatToDo({ kind, subject }: { kind: string; subject: string }): string {
  return isIncidentKind(kind) ? INCIDENT_KINDS[kind].whatToDo(subject) : ''
}

/** What the subject of an incident is, such as "event". Empty for a kind that only a newer release knows. */
export function subjectType(kind: string): string {
  return isIncidentKind(kind) ? INCIDENT_KINDS[kind].subject : ''
}

function isIncidentKind(kind: string): kind is IncidentKind {
  return Object.hasOwn(INCIDENT_KINDS, kind)
}
