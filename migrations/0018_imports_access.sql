-- Lists that are imported: each is seen by who imports it. Rows come by COPY and are decided by workers.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['imports', 'import_rows', 'import_mappings', 'organisation_aliases'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY worker ON %I TO duijie_worker USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO duijie_worker', t);
  END LOOP;
END
$$;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON imports, import_mappings TO duijie_app;
--> statement-breakpoint
GRANT DELETE ON import_mappings TO duijie_app;
--> statement-breakpoint
GRANT SELECT ON import_rows, organisation_aliases TO duijie_app;
--> statement-breakpoint
CREATE POLICY own ON imports TO duijie_app USING (organisation_id = app_org()) WITH CHECK (organisation_id = app_org() AND app_editor());
--> statement-breakpoint
CREATE POLICY read ON import_rows FOR SELECT TO duijie_app USING (organisation_id = app_org());
--> statement-breakpoint
CREATE POLICY read ON import_mappings FOR SELECT TO duijie_app USING (organisation_id = app_org());
--> statement-breakpoint
CREATE POLICY make ON import_mappings FOR INSERT TO duijie_app WITH CHECK (organisation_id = app_org() AND app_editor());
--> statement-breakpoint
CREATE POLICY change ON import_mappings FOR UPDATE TO duijie_app USING (organisation_id = app_org() AND app_editor());
--> statement-breakpoint
CREATE POLICY remove ON import_mappings FOR DELETE TO duijie_app USING (organisation_id = app_org() AND app_editor());
--> statement-breakpoint
CREATE POLICY read ON organisation_aliases FOR SELECT TO duijie_app USING (park_id = ANY (app_admin_parks()));
