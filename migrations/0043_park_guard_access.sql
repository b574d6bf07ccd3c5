-- Where a park looks first, no author publishes past it, whatever the application says: only the park's own function
-- (review_scenario, which runs as the owner) and the worker make the state `published`.
CREATE FUNCTION park_reviews(park text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (SELECT 1 FROM public.park_settings WHERE park_id = park AND publication = 'park')
$$;
--> statement-breakpoint
CREATE FUNCTION refuse_unreviewed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_user = 'duijie_app' AND park_reviews(NEW.park_id) THEN
    RAISE EXCEPTION 'the park looks first' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER refuse_unreviewed_insert BEFORE INSERT ON scenarios FOR EACH ROW
  WHEN (NEW.state = 'published') EXECUTE FUNCTION refuse_unreviewed();
--> statement-breakpoint
CREATE TRIGGER refuse_unreviewed_update BEFORE UPDATE OF state ON scenarios FOR EACH ROW
  WHEN (NEW.state = 'published' AND OLD.state IS DISTINCT FROM 'published') EXECUTE FUNCTION refuse_unreviewed();
--> statement-breakpoint
-- The owner of a scenario opens its sealed tier to the administration of its park, and takes that back.
CREATE FUNCTION grant_sealed(scenario text, granted boolean) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
DECLARE
  s record;
BEGIN
  SELECT o.organisation_id, p.organisation_id AS administration INTO s
    FROM public.scenarios o JOIN public.parks p ON p.id = o.park_id WHERE o.id = scenario;
  IF NOT FOUND OR NOT public.app_editor() OR s.organisation_id IS DISTINCT FROM public.app_org() THEN
    RAISE EXCEPTION 'not the owner of the scenario' USING ERRCODE = '42501';
  END IF;
  IF granted THEN
    INSERT INTO public.disclosures (object_id, organisation_id, stage) VALUES (scenario, s.administration, 2)
    ON CONFLICT (object_id, organisation_id) DO UPDATE SET stage = greatest(disclosures.stage, excluded.stage);
  ELSE
    DELETE FROM public.disclosures WHERE object_id = scenario AND organisation_id = s.administration;
  END IF;
END
$$;
--> statement-breakpoint
CREATE FUNCTION sealed_is_granted(scenario text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (SELECT 1 FROM public.scenarios o JOIN public.parks p ON p.id = o.park_id
    JOIN public.disclosures d ON d.object_id = o.id AND d.organisation_id = p.organisation_id AND d.stage >= 2
    WHERE o.id = scenario AND (o.organisation_id = public.app_org() OR o.park_id = ANY (public.app_admin_parks())))
$$;
