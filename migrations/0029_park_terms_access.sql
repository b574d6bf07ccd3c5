-- Published by a park's administration, read by every member of the platform, changed by nobody.
ALTER TABLE park_terms ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT ON park_terms TO duijie_app;
--> statement-breakpoint
GRANT SELECT ON park_terms TO duijie_worker;
--> statement-breakpoint
CREATE POLICY read ON park_terms FOR SELECT TO duijie_app USING (app_org() IS NOT NULL);
--> statement-breakpoint
CREATE POLICY make ON park_terms FOR INSERT TO duijie_app WITH CHECK (app_editor() AND park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY worker ON park_terms FOR SELECT TO duijie_worker USING (true);
