-- Who writes and reads the record of actions. Nobody has DELETE, and the only columns that anybody may update are the
-- two that the sealer fills once.
ALTER TABLE audit_entries ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE audit_heads ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE audit_keys ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT ON audit_entries TO duijie_app, duijie_worker;
--> statement-breakpoint
GRANT UPDATE (position, hash) ON audit_entries TO duijie_worker;
--> statement-breakpoint
GRANT SELECT ON audit_heads TO duijie_app;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON audit_heads TO duijie_worker;
--> statement-breakpoint
GRANT SELECT, INSERT ON audit_keys TO duijie_app;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON audit_keys TO duijie_worker;
--> statement-breakpoint
CREATE POLICY read ON audit_entries FOR SELECT TO duijie_app USING (
  organisation_id = app_org() OR park_id = ANY (app_admin_parks()));
--> statement-breakpoint
-- An action is recorded under the name of whoever acts.
CREATE POLICY write ON audit_entries FOR INSERT TO duijie_app WITH CHECK (
  organisation_id IS NOT DISTINCT FROM app_org() AND position IS NULL AND hash IS NULL);
--> statement-breakpoint
CREATE POLICY worker_read ON audit_entries FOR SELECT TO duijie_worker USING (true);
--> statement-breakpoint
CREATE POLICY worker_write ON audit_entries FOR INSERT TO duijie_worker WITH CHECK (position IS NULL AND hash IS NULL);
--> statement-breakpoint
-- What has its place keeps it.
CREATE POLICY worker_seal ON audit_entries FOR UPDATE TO duijie_worker USING (position IS NULL) WITH CHECK (position IS NOT NULL);
--> statement-breakpoint
CREATE POLICY read ON audit_heads FOR SELECT TO duijie_app USING (chain = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY worker ON audit_heads TO duijie_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY read ON audit_keys FOR SELECT TO duijie_app USING (organisation_id = app_org());
--> statement-breakpoint
CREATE POLICY make ON audit_keys FOR INSERT TO duijie_app WITH CHECK (organisation_id = app_org());
--> statement-breakpoint
CREATE POLICY worker ON audit_keys TO duijie_worker USING (true) WITH CHECK (true);
