-- A notice is its person's, for the organisation that he acts for; settings are his alone.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['notices', 'mail_settings'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY worker ON %I TO duijie_worker USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO duijie_worker', t);
  END LOOP;
END
$$;
--> statement-breakpoint
GRANT SELECT, UPDATE ON notices TO duijie_app;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON mail_settings TO duijie_app;
--> statement-breakpoint
CREATE POLICY read ON notices FOR SELECT TO duijie_app USING (person_id = app_person() AND organisation_id = app_org());
--> statement-breakpoint
CREATE POLICY change ON notices FOR UPDATE TO duijie_app USING (person_id = app_person() AND organisation_id = app_org());
--> statement-breakpoint
CREATE POLICY own ON mail_settings TO duijie_app USING (person_id = app_person()) WITH CHECK (person_id = app_person());
