-- Pools: who sees and changes what. A member's figures stand in a table of their own, because row-level security hides
-- rows and not columns; what all members said is read by the worker alone.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['pool_figures', 'pool_quotes', 'pool_profiles', 'pool_cursors'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY worker ON %I TO duijie_worker USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO duijie_worker', t);
  END LOOP;
END
$$;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON pool_figures, pool_quotes TO duijie_app;
--> statement-breakpoint
-- Pools are found by a worker, never made by hand.
DROP POLICY make ON pools;
--> statement-breakpoint
DROP POLICY make ON pool_members;
--> statement-breakpoint
REVOKE INSERT ON pools, pool_members FROM duijie_app;
--> statement-breakpoint
-- Where the actor stands in a pool with any of its scenarios: joined before all else, or nothing.
CREATE OR REPLACE FUNCTION organisation_in_pool(pool text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  SELECT state FROM public.pool_members WHERE pool_id = pool AND organisation_id = public.app_org()
    ORDER BY state = 'joined' DESC, state LIMIT 1
$$;
--> statement-breakpoint
-- Whether the actor is in a pool whose members know each other.
CREATE FUNCTION knows_pool(pool text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  SELECT public.organisation_in_pool(pool) = 'joined'
    AND EXISTS (SELECT 1 FROM public.pools WHERE id = pool AND state IN ('open', 'formed'))
$$;
--> statement-breakpoint
-- Whether a scenario of the actor was asked into a pool.
CREATE FUNCTION owns_pool_member(pool text, scenario text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (SELECT 1 FROM public.pool_members
    WHERE pool_id = pool AND scenario_id = scenario AND organisation_id = public.app_org())
$$;
--> statement-breakpoint
-- Tells the members of a pool in which enough have joined each other's names, and nothing of their scenarios.
CREATE FUNCTION disclose_pool(pool text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.pools WHERE id = pool AND state IN ('open', 'formed')) THEN
    RAISE EXCEPTION 'the pool is not open' USING ERRCODE = '42501';
  END IF;
  INSERT INTO public.disclosures (object_id, organisation_id, stage)
    SELECT DISTINCT other.organisation_id, mine.organisation_id, 1
    FROM public.pool_members mine JOIN public.pool_members other
      ON other.pool_id = mine.pool_id AND other.organisation_id <> mine.organisation_id
    WHERE mine.pool_id = pool AND mine.state = 'joined' AND other.state = 'joined'
  ON CONFLICT (object_id, organisation_id) DO NOTHING;
END
$$;
--> statement-breakpoint
DROP POLICY read ON pool_members;
--> statement-breakpoint
CREATE POLICY read ON pool_members FOR SELECT TO duijie_app USING (
  organisation_id = app_org() OR park_id = ANY (app_admin_parks()) OR (state = 'joined' AND knows_pool(pool_id)));
--> statement-breakpoint
CREATE POLICY read ON pool_figures FOR SELECT TO duijie_app USING (
  organisation_id = app_org() OR park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY make ON pool_figures FOR INSERT TO duijie_app WITH CHECK (
  app_editor() AND organisation_id = app_org() AND owns_pool_member(pool_id, scenario_id));
--> statement-breakpoint
CREATE POLICY change ON pool_figures FOR UPDATE TO duijie_app USING (app_editor() AND organisation_id = app_org());
--> statement-breakpoint
CREATE POLICY read ON pool_quotes FOR SELECT TO duijie_app USING (
  organisation_id = app_org() OR park_id = ANY (app_admin_parks()) OR knows_pool(pool_id));
--> statement-breakpoint
CREATE POLICY make ON pool_quotes FOR INSERT TO duijie_app WITH CHECK (
  app_editor() AND organisation_id = app_org()
  AND (park_id = ANY (app_admin_parks()) OR organisation_in_pool(pool_id) = 'joined'));
--> statement-breakpoint
CREATE POLICY change ON pool_quotes FOR UPDATE TO duijie_app USING (app_editor() AND organisation_id = app_org());
