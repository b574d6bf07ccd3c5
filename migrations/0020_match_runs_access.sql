-- Match runs: asked for by a park for itself or by the operator, done by workers.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['match_runs', 'match_run_slices'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY worker ON %I TO duijie_worker USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO duijie_worker', t);
  END LOOP;
END
$$;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON match_runs TO duijie_app;
--> statement-breakpoint
CREATE POLICY read ON match_runs FOR SELECT TO duijie_app USING (
  requested_by_id = app_org() OR park_ids <@ app_admin_parks() OR app_operator());
--> statement-breakpoint
CREATE POLICY make ON match_runs FOR INSERT TO duijie_app WITH CHECK (
  requested_by_id = app_org() AND app_editor() AND (app_operator() OR park_ids <@ app_admin_parks()));
--> statement-breakpoint
CREATE POLICY change ON match_runs FOR UPDATE TO duijie_app USING (
  app_editor() AND (app_operator() OR park_ids <@ app_admin_parks()));
