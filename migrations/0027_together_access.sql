-- Consortia, rounds, pools, reservations and funding: who sees and changes what. The narrow questions are asked by
-- functions of the owner, because no policy may read a table that has one.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['consortia', 'consortium_briefs', 'consortium_members', 'consortium_charters',
    'consortium_votes', 'challenge_answers', 'pools', 'pool_members', 'rounds', 'round_terms', 'round_entries',
    'round_pairs', 'reservations', 'funding_rules', 'funding_grants', 'funding_entries'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY worker ON %I TO duijie_worker USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO duijie_worker', t);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO duijie_app', t);
  END LOOP;
END
$$;
--> statement-breakpoint
GRANT UPDATE ON consortia, consortium_members, challenge_answers, consortium_votes, pools, pool_members, rounds,
  round_terms, round_entries, reservations, resources TO duijie_app;
--> statement-breakpoint
GRANT DELETE ON consortium_votes TO duijie_app;
--> statement-breakpoint
-- Where the actor stands in a consortium: a member's state, or nothing.
CREATE FUNCTION consortium_standing(consortium text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  SELECT state FROM public.consortium_members
    WHERE consortium_id = consortium AND organisation_id = public.app_org()
$$;
--> statement-breakpoint
-- Whether the actor decides about a consortium: the scenario's owner or the park's administration.
CREATE FUNCTION steers_consortium(consortium text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (SELECT 1 FROM public.consortia WHERE id = consortium
    AND (owner_id = public.app_org() OR park_id = ANY (public.app_admin_parks())))
$$;
--> statement-breakpoint
-- A challenge that still takes answers shows itself to the park's members.
CREATE FUNCTION is_open_challenge(consortium text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (SELECT 1 FROM public.consortia WHERE id = consortium AND mode = 'challenge'
    AND state IN ('proposed', 'forming') AND park_id = ANY (public.app_parks()))
$$;
--> statement-breakpoint
-- Opens the scenario's shared tier and its owner's name to the members of a consortium whose charter all of them adopted.
CREATE FUNCTION disclose_consortium(consortium text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
DECLARE c record;
BEGIN
  SELECT * INTO c FROM public.consortia WHERE id = consortium;
  IF NOT FOUND OR c.state <> 'formed' THEN
    RAISE EXCEPTION 'the consortium is not formed' USING ERRCODE = '42501';
  END IF;
  INSERT INTO public.disclosures (object_id, organisation_id, stage)
    SELECT object, m.organisation_id, 1 FROM public.consortium_members m,
      unnest(ARRAY[c.scenario_id, c.owner_id]) AS object
    WHERE m.consortium_id = consortium AND m.state = 'accepted' AND m.organisation_id <> c.owner_id
  ON CONFLICT (object_id, organisation_id) DO NOTHING;
END
$$;
--> statement-breakpoint
CREATE FUNCTION organisation_in_pool(pool text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  SELECT state FROM public.pool_members WHERE pool_id = pool AND organisation_id = public.app_org()
    ORDER BY state DESC LIMIT 1
$$;
--> statement-breakpoint
CREATE POLICY read ON consortia FOR SELECT TO duijie_app USING (
  owner_id = app_org() OR park_id = ANY (app_admin_parks()) OR consortium_standing(id) IS NOT NULL
  OR (mode = 'challenge' AND state IN ('proposed', 'forming') AND park_id = ANY (app_parks())));
--> statement-breakpoint
CREATE POLICY make ON consortia FOR INSERT TO duijie_app WITH CHECK (
  app_editor() AND (owner_id = app_org() OR park_id = ANY (app_admin_parks())));
--> statement-breakpoint
CREATE POLICY change ON consortia FOR UPDATE TO duijie_app USING (
  app_editor() AND (owner_id = app_org() OR park_id = ANY (app_admin_parks())
    OR consortium_standing(id) IN ('accepted', 'left', 'declined', 'invited')));
--> statement-breakpoint
CREATE POLICY read ON consortium_briefs FOR SELECT TO duijie_app USING (
  owner_id = app_org() OR park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY make ON consortium_briefs FOR INSERT TO duijie_app WITH CHECK (
  app_editor() AND (owner_id = app_org() OR park_id = ANY (app_admin_parks())));
--> statement-breakpoint
-- Whoever is only invited does not learn yet whose scenario it is.
CREATE POLICY read ON consortium_members FOR SELECT TO duijie_app USING (
  organisation_id = app_org() OR steers_consortium(consortium_id) OR consortium_standing(consortium_id) = 'accepted'
  OR (consortium_standing(consortium_id) = 'invited' AND role <> 'manufacturer'));
--> statement-breakpoint
CREATE POLICY make ON consortium_members FOR INSERT TO duijie_app WITH CHECK (app_editor() AND steers_consortium(consortium_id));
--> statement-breakpoint
CREATE POLICY change ON consortium_members FOR UPDATE TO duijie_app USING (
  app_editor() AND (organisation_id = app_org() OR steers_consortium(consortium_id)));
--> statement-breakpoint
CREATE POLICY read ON consortium_charters FOR SELECT TO duijie_app USING (
  steers_consortium(consortium_id) OR consortium_standing(consortium_id) = 'accepted');
--> statement-breakpoint
CREATE POLICY make ON consortium_charters FOR INSERT TO duijie_app WITH CHECK (
  app_editor() AND proposed_by_id = app_org()
  AND (steers_consortium(consortium_id) OR consortium_standing(consortium_id) = 'accepted'));
--> statement-breakpoint
CREATE POLICY read ON consortium_votes FOR SELECT TO duijie_app USING (
  steers_consortium(consortium_id) OR consortium_standing(consortium_id) = 'accepted');
--> statement-breakpoint
CREATE POLICY make ON consortium_votes FOR INSERT TO duijie_app WITH CHECK (
  app_editor() AND organisation_id = app_org() AND consortium_standing(consortium_id) = 'accepted');
--> statement-breakpoint
CREATE POLICY change ON consortium_votes FOR UPDATE TO duijie_app USING (app_editor() AND organisation_id = app_org());
--> statement-breakpoint
CREATE POLICY drop_own ON consortium_votes FOR DELETE TO duijie_app USING (app_editor() AND organisation_id = app_org());
--> statement-breakpoint
CREATE POLICY read ON challenge_answers FOR SELECT TO duijie_app USING (
  organisation_id = app_org() OR owner_id = app_org() OR park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY make ON challenge_answers FOR INSERT TO duijie_app WITH CHECK (
  app_editor() AND organisation_id = app_org() AND is_open_challenge(consortium_id));
--> statement-breakpoint
CREATE POLICY change ON challenge_answers FOR UPDATE TO duijie_app USING (
  app_editor() AND (owner_id = app_org() OR park_id = ANY (app_admin_parks())));
--> statement-breakpoint
CREATE POLICY read ON pools FOR SELECT TO duijie_app USING (
  park_id = ANY (app_admin_parks()) OR organisation_in_pool(id) IS NOT NULL);
--> statement-breakpoint
CREATE POLICY make ON pools FOR INSERT TO duijie_app WITH CHECK (app_editor() AND park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY change ON pools FOR UPDATE TO duijie_app USING (app_editor() AND park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY read ON pool_members FOR SELECT TO duijie_app USING (
  organisation_id = app_org() OR park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY make ON pool_members FOR INSERT TO duijie_app WITH CHECK (app_editor() AND park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY change ON pool_members FOR UPDATE TO duijie_app USING (app_editor() AND organisation_id = app_org());
--> statement-breakpoint
CREATE POLICY read ON rounds FOR SELECT TO duijie_app USING (
  park_id = ANY (app_parks()) OR park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY make ON rounds FOR INSERT TO duijie_app WITH CHECK (app_editor() AND park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY change ON rounds FOR UPDATE TO duijie_app USING (app_editor() AND park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY own ON round_terms TO duijie_app USING (park_id = ANY (app_admin_parks()))
  WITH CHECK (app_editor() AND park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY read ON round_entries FOR SELECT TO duijie_app USING (
  organisation_id = app_org() OR park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY make ON round_entries FOR INSERT TO duijie_app WITH CHECK (app_editor() AND park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY change ON round_entries FOR UPDATE TO duijie_app USING (
  app_editor() AND (organisation_id = app_org() OR park_id = ANY (app_admin_parks())));
--> statement-breakpoint
CREATE POLICY read ON round_pairs FOR SELECT TO duijie_app USING (
  factory_id = app_org() OR vendor_id = app_org() OR park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY make ON round_pairs FOR INSERT TO duijie_app WITH CHECK (app_editor() AND park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY read ON reservations FOR SELECT TO duijie_app USING (
  organisation_id = app_org() OR lender_id = app_org() OR park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY make ON reservations FOR INSERT TO duijie_app WITH CHECK (
  app_editor() AND organisation_id = app_org() AND (park_id = ANY (app_parks()) OR park_id = ANY (app_admin_parks())));
--> statement-breakpoint
CREATE POLICY change ON reservations FOR UPDATE TO duijie_app USING (
  app_editor() AND (organisation_id = app_org() OR lender_id = app_org() OR park_id = ANY (app_admin_parks())));
--> statement-breakpoint
-- How much of a resource is taken on each day of a window, whoever took it: the most of any day, or the sum.
CREATE FUNCTION reserved_amount(resource text, window_from text, window_until text, is_concurrent boolean) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT CASE WHEN is_concurrent THEN
    coalesce((SELECT max(taken) FROM (SELECT (SELECT sum(r2.amount) FROM public.reservations r2
        WHERE r2.resource_id = resource AND r2.state = 'held' AND edge.day BETWEEN r2.from_day AND r2.until_day) AS taken
      FROM (SELECT window_from AS day UNION SELECT r1.from_day FROM public.reservations r1
        WHERE r1.resource_id = resource AND r1.state = 'held' AND r1.from_day BETWEEN window_from AND window_until) edge) days), 0)
    ELSE coalesce((SELECT sum(amount) FROM public.reservations WHERE resource_id = resource AND state = 'held'), 0) END::bigint
$$;
--> statement-breakpoint
-- Whoever reserves waits for his turn at the resource, without a right to change it.
CREATE FUNCTION lock_resource(resource text) RETURNS void LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  SELECT pg_advisory_xact_lock(hashtextextended('resource ' || resource, 0))
$$;
--> statement-breakpoint
CREATE POLICY read ON funding_rules FOR SELECT TO duijie_app USING (
  park_id = ANY (app_parks()) OR park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY make ON funding_rules FOR INSERT TO duijie_app WITH CHECK (app_editor() AND park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY read ON funding_grants FOR SELECT TO duijie_app USING (
  firm_id = app_org() OR park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY make ON funding_grants FOR INSERT TO duijie_app WITH CHECK (app_editor() AND park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY read ON funding_entries FOR SELECT TO duijie_app USING (
  firm_id = app_org() OR park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY make ON funding_entries FOR INSERT TO duijie_app WITH CHECK (app_editor() AND park_id = ANY (app_admin_parks()));
--> statement-breakpoint
-- What a rule has paid so far, also for a member who only asks what would be left for him.
CREATE FUNCTION funding_granted(rule text, firm text, vendor text, in_year integer)
RETURNS TABLE (firm_yuan bigint, firm_year_yuan bigint, vendor_yuan bigint, pool_yuan bigint, pool_year_yuan bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT coalesce(sum(amount_yuan) FILTER (WHERE firm_id = firm), 0)::bigint,
    coalesce(sum(amount_yuan) FILTER (WHERE firm_id = firm AND year = in_year), 0)::bigint,
    coalesce(sum(amount_yuan) FILTER (WHERE vendor_id = vendor), 0)::bigint,
    coalesce(sum(amount_yuan), 0)::bigint,
    coalesce(sum(amount_yuan) FILTER (WHERE year = in_year), 0)::bigint
  FROM public.funding_entries WHERE rule_id = rule
$$;
