-- Best sellers of long ranges. The background loop fills both tables from "DayProduct".
CREATE TABLE "CumulativeProduct" (
    "before" DATE NOT NULL,
    "currency" TEXT NOT NULL,
    "productId" INTEGER NOT NULL,
    "units" INTEGER NOT NULL,
    "revenue" BIGINT NOT NULL,

    CONSTRAINT "CumulativeProduct_pkey" PRIMARY KEY ("before", "currency", "productId")
);

CREATE TABLE "CumulativeMonth" (
    "before" DATE NOT NULL,

    CONSTRAINT "CumulativeMonth_pkey" PRIMARY KEY ("before")
);
