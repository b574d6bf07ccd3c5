-- A recovery is its owner's, as the endpoint is; the drains of the worker work it off.
ALTER TABLE recoveries ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY worker ON recoveries TO duijie_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON recoveries TO duijie_worker;
--> statement-breakpoint
CREATE POLICY own ON recoveries TO duijie_app USING (organisation_id = app_org()) WITH CHECK (organisation_id = app_org() AND app_editor());
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON recoveries TO duijie_app;
