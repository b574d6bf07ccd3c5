-- Outcomes are read by both parties and by the park that counts them; only a party writes them.
ALTER TABLE match_outcomes ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY worker ON match_outcomes TO duijie_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON match_outcomes TO duijie_worker;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON match_outcomes TO duijie_app;
--> statement-breakpoint
CREATE POLICY read ON match_outcomes FOR SELECT TO duijie_app USING (
  factory_id = app_org() OR vendor_id = app_org() OR park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY make ON match_outcomes FOR INSERT TO duijie_app WITH CHECK (
  app_editor() AND app_org() = CASE reported_by WHEN 'factory' THEN factory_id ELSE vendor_id END);
--> statement-breakpoint
CREATE POLICY change ON match_outcomes FOR UPDATE TO duijie_app USING (
  app_editor() AND app_org() = CASE reported_by WHEN 'factory' THEN vendor_id ELSE factory_id END);
--> statement-breakpoint
-- Matches from before deadlines begin their stage anew, by the defaults of src/parks/stages.ts: nobody was warned.
UPDATE matches SET deadline_at = now() + make_interval(days => CASE state WHEN 'proposed' THEN 30
    WHEN 'interest' THEN 14 WHEN 'mutual' THEN 14 WHEN 'introduced' THEN 30 WHEN 'pilot' THEN 180 ELSE 365 END)
  WHERE state IN ('interest', 'mutual', 'introduced', 'pilot', 'contracted')
    OR (state = 'proposed' AND announced_at IS NOT NULL);
--> statement-breakpoint
UPDATE matches SET remind_at = deadline_at - interval '3 days' WHERE deadline_at IS NOT NULL;
