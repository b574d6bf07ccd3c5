-- An invitation's link can be made anew by whoever invited.
GRANT UPDATE (hash, expires_at) ON invitations TO duijie_app;
--> statement-breakpoint
-- What a suspended member has published is withheld in the transaction that suspends it: others stop seeing it at once,
-- and both rows move to the end of the feed that the index follows.
CREATE FUNCTION array_without(list text[], gone text[]) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN coalesce((SELECT array_agg(item) FROM unnest(list) AS item WHERE item <> ALL (gone)), '{}');
--> statement-breakpoint
CREATE FUNCTION suspended_in(organisation text) RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  SELECT coalesce(array_agg(park_id ORDER BY park_id), '{}') FROM public.memberships
    WHERE organisation_id = organisation AND state = 'suspended'
$$;
--> statement-breakpoint
CREATE FUNCTION withhold_published() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
BEGIN
  UPDATE public.scenarios SET is_withheld = (NEW.state = 'suspended')
    WHERE organisation_id = NEW.organisation_id AND park_id = NEW.park_id
      AND is_withheld <> (NEW.state = 'suspended');
  UPDATE public.capabilities SET withheld_park_ids = public.suspended_in(NEW.organisation_id)
    WHERE organisation_id = NEW.organisation_id AND withheld_park_ids <> public.suspended_in(NEW.organisation_id);
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER withhold_published AFTER UPDATE OF state ON memberships FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION withhold_published();
--> statement-breakpoint
-- What a member adds while it is suspended somewhere is withheld there from the start.
CREATE FUNCTION withhold_new_capability() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
BEGIN
  NEW.withheld_park_ids := public.suspended_in(NEW.organisation_id);
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER withhold_new BEFORE INSERT ON capabilities FOR EACH ROW EXECUTE FUNCTION withhold_new_capability();
--> statement-breakpoint
DROP TRIGGER scenarios_feed ON scenarios;
--> statement-breakpoint
CREATE TRIGGER scenarios_feed BEFORE UPDATE OF state, is_withheld, visibility, language, title, industry, problems, body, version ON scenarios
  FOR EACH ROW EXECUTE FUNCTION stamp_feed();
--> statement-breakpoint
ALTER POLICY read ON scenarios USING (
  organisation_id = app_org() OR (state <> 'draft' AND park_id = ANY (app_admin_parks()))
  OR (state = 'published' AND NOT is_withheld
    AND (park_id = ANY (app_parks()) OR (visibility = 'network' AND cardinality(app_parks()) > 0)))
  OR (state <> 'draft' AND disclosure_stage(id) >= 1)
  OR (state NOT IN ('draft', 'submitted', 'returned') AND app_operator()));
--> statement-breakpoint
-- A park's administration still sees what it withheld.
ALTER POLICY read ON capabilities USING (
  organisation_id = app_org()
  OR (state = 'published' AND (audiences && array_without(app_parks(), withheld_park_ids) OR audiences && app_admin_parks()
    OR ('network' = ANY (audiences) AND (cardinality(array_without(app_parks(), withheld_park_ids)) > 0
      OR cardinality(app_admin_parks()) > 0))))
  OR (state <> 'draft' AND disclosure_stage(id) >= 1)
  OR (state <> 'draft' AND app_operator()));
--> statement-breakpoint
ALTER TABLE scenario_reviews ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY worker ON scenario_reviews TO duijie_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON scenario_reviews TO duijie_worker;
--> statement-breakpoint
GRANT SELECT ON scenario_reviews TO duijie_app;
--> statement-breakpoint
CREATE POLICY read ON scenario_reviews FOR SELECT TO duijie_app USING (
  organisation_id = app_org() OR park_id = ANY (app_admin_parks()));
--> statement-breakpoint
-- A park decides about a scenario and never changes what it says: the state alone moves, and only from what was handed in.
CREATE FUNCTION review_scenario(scenario text, seen_version integer, review text, why text, at timestamptz)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  s record;
BEGIN
  SELECT * INTO s FROM public.scenarios WHERE id = scenario FOR UPDATE;
  IF NOT FOUND OR NOT public.app_editor() OR s.park_id <> ALL (public.app_admin_parks())
    OR NOT (review = 'approve' AND s.state = 'submitted' OR review = 'return' AND s.state IN ('submitted', 'published'))
    AND s.version = seen_version THEN
    RAISE EXCEPTION 'nothing to review' USING ERRCODE = '42501';
  END IF;
  IF s.version <> seen_version THEN
    RETURN false;
  END IF;
  UPDATE public.scenarios SET state = CASE review WHEN 'approve' THEN 'published' ELSE 'returned' END,
    version = version + 1, updated_at = at,
    published_at = CASE review WHEN 'approve' THEN at ELSE published_at END
    WHERE id = scenario;
  INSERT INTO public.scenario_reviews (scenario_id, park_id, organisation_id, decision, reason, decided_at)
    VALUES (s.id, s.park_id, s.organisation_id, review, why, at)
  ON CONFLICT (scenario_id) DO UPDATE SET decision = excluded.decision, reason = excluded.reason,
    decided_at = excluded.decided_at;
  RETURN true;
END
$$;
