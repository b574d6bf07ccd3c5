-- A draft is its owner's alone, also for the park's administration.
CREATE FUNCTION scenario_is_draft(scenario text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (SELECT 1 FROM public.scenarios WHERE id = scenario AND state = 'draft')
$$;
--> statement-breakpoint
ALTER POLICY read ON scenarios USING (
  organisation_id = app_org() OR (state <> 'draft' AND park_id = ANY (app_admin_parks()))
  OR (state = 'published' AND (park_id = ANY (app_parks()) OR (visibility = 'network' AND cardinality(app_parks()) > 0)))
  OR (state <> 'draft' AND disclosure_stage(id) >= 1)
  OR (state <> 'draft' AND app_operator()));
--> statement-breakpoint
ALTER POLICY read ON scenario_shared USING (
  organisation_id = app_org()
  OR ((park_id = ANY (app_admin_parks()) OR disclosure_stage(scenario_id) >= 1) AND NOT scenario_is_draft(scenario_id)));
--> statement-breakpoint
ALTER POLICY read ON scenario_sealed USING (
  organisation_id = app_org() OR (disclosure_stage(scenario_id) >= 2 AND NOT scenario_is_draft(scenario_id)));
--> statement-breakpoint
-- A park's administration decides on its own settings.
ALTER POLICY make ON park_settings WITH CHECK (app_operator() OR (app_editor() AND park_id = ANY (app_admin_parks())));
--> statement-breakpoint
-- A field that moves to another tier is hidden in the same transaction: what others may read of it goes until a worker
-- has written it anew. Which fields were moved stands in the sealed body.
CREATE FUNCTION hide_scenario_explanations() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
BEGIN
  DELETE FROM public.match_explanations e USING public.matches m
    WHERE m.scenario_id = NEW.scenario_id AND e.match_id = m.id AND e.reader <> 'factory';
  DELETE FROM public.near_misses WHERE scenario_id = NEW.scenario_id AND reader <> 'factory';
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER hide_explanations AFTER UPDATE ON scenario_sealed FOR EACH ROW
  WHEN (OLD.body -> 'tiers' IS DISTINCT FROM NEW.body -> 'tiers') EXECUTE FUNCTION hide_scenario_explanations();
--> statement-breakpoint
CREATE FUNCTION hide_capability_explanations() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
BEGIN
  DELETE FROM public.match_explanations e USING public.matches m
    WHERE m.capability_id = NEW.capability_id AND e.match_id = m.id AND e.reader <> 'vendor';
  DELETE FROM public.near_misses WHERE capability_id = NEW.capability_id AND reader <> 'vendor';
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER hide_explanations AFTER UPDATE ON capability_sealed FOR EACH ROW
  WHEN (OLD.body -> 'tiers' IS DISTINCT FROM NEW.body -> 'tiers') EXECUTE FUNCTION hide_capability_explanations();
