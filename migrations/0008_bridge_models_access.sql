-- Learned corrections and dense vectors are the worker's alone: no request reads or writes them.
ALTER TABLE bridge_models ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY worker ON bridge_models TO duijie_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON bridge_models TO duijie_worker;
--> statement-breakpoint
ALTER TABLE embeddings ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY worker ON embeddings TO duijie_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON embeddings TO duijie_worker;
