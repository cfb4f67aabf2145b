-- How far an import of products has come, so that an interrupted one goes on where it stopped.
ALTER TABLE "ProductImport" ADD COLUMN "done" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "skipped" JSONB NOT NULL DEFAULT '[]';
