-- Mails about shipments, returns and new orders.
ALTER TYPE "MailKind" ADD VALUE 'shipment_sent';
ALTER TYPE "MailKind" ADD VALUE 'shipment_delivered';
ALTER TYPE "MailKind" ADD VALUE 'order_canceled';
ALTER TYPE "MailKind" ADD VALUE 'return_requested';
ALTER TYPE "MailKind" ADD VALUE 'return_accepted';
ALTER TYPE "MailKind" ADD VALUE 'return_received';
ALTER TYPE "MailKind" ADD VALUE 'return_declined';
ALTER TYPE "MailKind" ADD VALUE 'new_order';
ALTER TYPE "MailKind" ADD VALUE 'return_to_answer';
