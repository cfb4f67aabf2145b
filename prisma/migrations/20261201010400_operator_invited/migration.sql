-- The mail that invites someone to run the shop.
ALTER TYPE "MailKind" ADD VALUE 'operator_invited';
