-- The words of orders now include their items, and are taken apart at each punctuation mark. No release has filled this table
-- yet. Where it has rows, the background loop writes them again.
DELETE FROM "OrderSearch";
UPDATE "OrderSearchProgress" SET "orderId" = 0, "purchaseId" = 0;
