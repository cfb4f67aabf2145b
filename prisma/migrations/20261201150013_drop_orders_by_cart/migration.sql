-- "Order_ofCarts_idx" takes its place.
DROP INDEX CONCURRENTLY "Order_cartId_idx";
