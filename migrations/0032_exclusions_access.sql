-- Do-not-match lists: the lister reads his own, matching reads all, nobody else any.
-- How names are compared: by width, case and blanks they do not differ.
CREATE FUNCTION name_key(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN lower(regexp_replace(normalize(name, NFKC), '\s+', '', 'g'));
--> statement-breakpoint
CREATE INDEX organisations_name_key ON organisations (name_key(name));
--> statement-breakpoint
CREATE INDEX organisations_name_en_key ON organisations (name_key(name_en)) WHERE name_en IS NOT NULL;
--> statement-breakpoint
ALTER TABLE exclusions ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE (ended_at) ON exclusions TO duijie_app;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON exclusions TO duijie_worker;
--> statement-breakpoint
CREATE POLICY read ON exclusions FOR SELECT TO duijie_app USING (organisation_id = app_org() AND app_editor());
--> statement-breakpoint
CREATE POLICY make ON exclusions FOR INSERT TO duijie_app WITH CHECK (organisation_id = app_org() AND app_editor());
--> statement-breakpoint
CREATE POLICY change ON exclusions FOR UPDATE TO duijie_app USING (organisation_id = app_org() AND app_editor());
--> statement-breakpoint
CREATE POLICY worker ON exclusions TO duijie_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
-- Whom an organisation lists, and who lists it: four ways each, so that each takes its own index.
CREATE FUNCTION excluded_with(organisation text, at timestamptz) RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  WITH mine AS (SELECT * FROM public.exclusions
    WHERE organisation_id = organisation AND ended_at IS NULL AND (until IS NULL OR until > at)),
  me AS (SELECT o.id, o.credit_code, public.name_key(o.name) AS key, public.name_key(o.name_en) AS key_en
    FROM public.organisations o WHERE o.id = organisation),
  theirs AS (
    SELECT e.organisation_id, e.until FROM public.exclusions e, me WHERE e.target_id = me.id AND e.ended_at IS NULL
    UNION ALL SELECT e.organisation_id, e.until FROM public.exclusions e, me WHERE e.credit_code = me.credit_code AND e.ended_at IS NULL
    UNION ALL SELECT e.organisation_id, e.until FROM public.exclusions e, me WHERE e.name_key = me.key AND e.ended_at IS NULL
    UNION ALL SELECT e.organisation_id, e.until FROM public.exclusions e, me WHERE e.name_key = me.key_en AND e.ended_at IS NULL)
  SELECT target_id FROM mine WHERE target_id IS NOT NULL
  UNION SELECT o.id FROM mine JOIN public.organisations o ON o.credit_code = mine.credit_code
  UNION SELECT o.id FROM mine JOIN public.organisations o ON public.name_key(o.name) = mine.name_key
  UNION SELECT o.id FROM mine JOIN public.organisations o ON public.name_key(o.name_en) = mine.name_key AND o.name_en IS NOT NULL
  UNION SELECT organisation_id FROM theirs WHERE until IS NULL OR until > at
$$;
--> statement-breakpoint
-- Pairs that must not meet, for those who put teams and rounds together. The API never answers with them.
CREATE FUNCTION excluded_pairs(organisations text[], at timestamptz) RETURNS TABLE (a text, b text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT DISTINCT least(o, x), greatest(o, x) FROM unnest(organisations) o, LATERAL public.excluded_with(o, at) x
  WHERE x = ANY (organisations) AND x <> o
    AND (public.session_user_is_worker() IS TRUE OR cardinality(public.app_admin_parks()) > 0)
$$;
--> statement-breakpoint
-- Whether somebody cannot be invited, because the park suspended him or because two must not meet: one answer for both.
CREATE FUNCTION team_is_barred(park text, members text[], invited text[], at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (SELECT 1 FROM public.memberships
      WHERE park_id = park AND state = 'suspended' AND organisation_id = ANY (invited))
    OR EXISTS (SELECT 1 FROM unnest(invited) i, LATERAL public.excluded_with(i, at) x
      WHERE x = ANY (members) OR x = ANY (invited))
$$;
--> statement-breakpoint
CREATE FUNCTION count_exclusions(park text, at timestamptz) RETURNS TABLE (organisations integer, entries integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT count(DISTINCT e.organisation_id)::integer, count(*)::integer
  FROM public.exclusions e JOIN public.memberships m ON m.organisation_id = e.organisation_id AND m.state = 'active'
  WHERE m.park_id = park AND park = ANY (public.app_admin_parks())
    AND e.ended_at IS NULL AND (e.until IS NULL OR e.until > at)
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION excluded_with(text, timestamptz) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION excluded_with(text, timestamptz) TO duijie_worker;
