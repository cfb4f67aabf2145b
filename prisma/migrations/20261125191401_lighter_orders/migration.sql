-- DropIndex
DROP INDEX "Order_userId_status_idx";

-- Updates of an order change no indexed column: with room on its page they touch no index at all.
ALTER TABLE "Order" SET (fillfactor = 70);
