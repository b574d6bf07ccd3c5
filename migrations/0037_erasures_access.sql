-- Who may ask for an erasure, and who reads what became of it. The receipt's hash is read by the worker alone.
-- Answers `yes`, `last_owner`, `elsewhere` (the subject is in a park that the actor does not own) or `no`.
CREATE FUNCTION may_erase(kind text, subject text) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
DECLARE
  owned text[];
BEGIN
  IF kind = 'person' THEN
    -- Somebody must be left who owns each of his organisations, whoever asks.
    IF EXISTS (SELECT 1 FROM public.positions p WHERE p.person_id = subject AND p.role = 'owner'
      AND NOT EXISTS (SELECT 1 FROM public.positions o
        WHERE o.organisation_id = p.organisation_id AND o.role = 'owner' AND o.person_id <> subject)) THEN
      RETURN CASE WHEN subject = public.app_person() OR cardinality(public.app_admin_parks()) > 0
        THEN 'last_owner' ELSE 'no' END;
    END IF;
    IF subject = public.app_person() THEN RETURN 'yes'; END IF;
    owned := ARRAY(SELECT p.organisation_id FROM public.positions p WHERE p.person_id = subject);
  ELSE
    owned := ARRAY[subject];
    IF EXISTS (SELECT 1 FROM public.organisations o WHERE o.id = subject AND o.kind IN ('park', 'operator')) THEN
      RETURN 'no';
    END IF;
    IF subject = public.app_org() AND public.app_owner() THEN RETURN 'yes'; END IF;
  END IF;
  IF NOT public.app_owner() OR cardinality(owned) = 0 OR NOT EXISTS (SELECT 1 FROM public.memberships m
    WHERE m.organisation_id = ANY (owned) AND m.park_id = ANY (public.app_admin_parks())) THEN
    RETURN 'no';
  END IF;
  -- A park does not erase what another one has to do with.
  IF EXISTS (SELECT 1 FROM unnest(owned) o WHERE NOT EXISTS (SELECT 1 FROM public.memberships m
      WHERE m.organisation_id = o AND m.park_id = ANY (public.app_admin_parks())))
    OR EXISTS (SELECT 1 FROM public.memberships m
      WHERE m.organisation_id = ANY (owned) AND NOT m.park_id = ANY (public.app_admin_parks())) THEN
    RETURN 'elsewhere';
  END IF;
  RETURN 'yes';
END
$$;
--> statement-breakpoint
-- The address that must be typed to confirm, for the comparison only: of those whom the actor may ask to erase.
CREATE FUNCTION email_for_erasure(person text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  SELECT email FROM public.people WHERE id = person AND public.may_erase('person', person) <> 'no'
$$;
--> statement-breakpoint
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['erasures', 'retention_runs'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY worker ON %I TO duijie_worker USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO duijie_worker', t);
  END LOOP;
END
$$;
--> statement-breakpoint
GRANT INSERT, UPDATE (state), SELECT (id, subject_kind, subject_id, requested_by_id, by_subject, state, requested_at, due_at,
  finished_at, certificate) ON erasures TO duijie_app;
--> statement-breakpoint
GRANT SELECT ON retention_runs TO duijie_app;
--> statement-breakpoint
CREATE POLICY read ON retention_runs FOR SELECT TO duijie_app USING (app_org() IS NOT NULL);
--> statement-breakpoint
CREATE POLICY read ON erasures FOR SELECT TO duijie_app USING (
  (requested_by_id = app_org() AND app_owner() AND (subject_kind = 'organisation' OR NOT by_subject))
  OR (subject_kind = 'organisation' AND subject_id = app_org() AND app_owner())
  OR (subject_kind = 'person' AND subject_id = app_person()));
--> statement-breakpoint
CREATE POLICY make ON erasures FOR INSERT TO duijie_app WITH CHECK (
  requested_by_id = app_org() AND state = 'waiting' AND may_erase(subject_kind, subject_id) = 'yes');
--> statement-breakpoint
-- Cancelled by whoever asked, and by the one whom it is about.
CREATE POLICY change ON erasures FOR UPDATE TO duijie_app USING (
  state = 'waiting' AND ((requested_by_id = app_org() AND app_owner() AND (subject_kind = 'organisation' OR NOT by_subject))
    OR (subject_kind = 'organisation' AND subject_id = app_org() AND app_owner())
    OR (subject_kind = 'person' AND subject_id = app_person())))
  WITH CHECK (state = 'cancelled');
