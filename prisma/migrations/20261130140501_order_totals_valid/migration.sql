ALTER TABLE "Order" VALIDATE CONSTRAINT "Order_taxBehavior_check";
ALTER TABLE "Order" VALIDATE CONSTRAINT "Order_shippingRateId_fkey";
