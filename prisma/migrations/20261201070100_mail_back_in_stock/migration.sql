-- A mail to those who asked to be told. The previous release leaves kinds alone that it does not know.
ALTER TYPE "MailKind" ADD VALUE 'back_in_stock';
