-- Who sees what. The three roles are made before the first migration runs (src/platform/migrate.ts), because roles
-- belong to the whole server. Everything here is owned by duijie_owner.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
--> statement-breakpoint
GRANT USAGE ON SCHEMA public TO duijie_app, duijie_worker;
--> statement-breakpoint
-- The actor, as `transaction` sets it. Unset means nobody.
CREATE FUNCTION app_org() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.org', true), '');
--> statement-breakpoint
CREATE FUNCTION app_operator() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(current_setting('app.operator', true), '') = 'on';
--> statement-breakpoint
CREATE FUNCTION app_editor() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(current_setting('app.editor', true), '') = 'on';
--> statement-breakpoint
CREATE FUNCTION app_parks() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN string_to_array(coalesce(current_setting('app.parks', true), ''), ',');
--> statement-breakpoint
CREATE FUNCTION app_admin_parks() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN string_to_array(coalesce(current_setting('app.admin_parks', true), ''), ',');
--> statement-breakpoint

-- The narrow doors. Each runs as the owner with a fixed search path and answers one question.
CREATE FUNCTION disclosure_stage(object text) RETURNS smallint LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  SELECT coalesce((SELECT stage FROM public.disclosures
    WHERE object_id = object AND organisation_id = public.app_org()), 0::smallint)
$$;
--> statement-breakpoint
-- The role that calls, seen from inside a security definer function, is the one the session was set to.
CREATE FUNCTION session_user_is_worker() RETURNS boolean LANGUAGE sql STABLE
  RETURN current_setting('role', true) = 'duijie_worker';
--> statement-breakpoint
-- Opens both sides of a match to each other, as far as the match's own state says. Never closes.
CREATE FUNCTION disclose_match(match text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
DECLARE
  m record;
  reached smallint;
BEGIN
  SELECT * INTO m FROM public.matches WHERE id = match FOR UPDATE;
  IF NOT FOUND OR (session_user_is_worker() IS NOT TRUE
    AND public.app_org() IS DISTINCT FROM m.factory_id AND public.app_org() IS DISTINCT FROM m.vendor_id) THEN
    RAISE EXCEPTION 'not a party to the match' USING ERRCODE = '42501';
  END IF;
  reached := CASE
    WHEN m.state IN ('introduced', 'pilot', 'contracted', 'landed', 'scaled') THEN 2
    WHEN m.state = 'mutual' THEN 1
    ELSE 0 END;
  IF reached > 0 THEN
    INSERT INTO public.disclosures (object_id, organisation_id, stage) VALUES
      (m.scenario_id, m.vendor_id, reached), (m.factory_id, m.vendor_id, reached),
      (m.capability_id, m.factory_id, reached)
    ON CONFLICT (object_id, organisation_id) DO UPDATE SET stage = greatest(disclosures.stage, excluded.stage);
  END IF;
  -- The park's administration reads the shared tier of what is matched in its park.
  INSERT INTO public.disclosures (object_id, organisation_id, stage)
    SELECT m.capability_id, p.organisation_id, 1 FROM public.parks p WHERE p.id = m.park_id
  ON CONFLICT (object_id, organisation_id) DO NOTHING;
END
$$;
--> statement-breakpoint
-- A draft is its owner's alone, also for the park's administration.
CREATE FUNCTION scenario_is_draft(scenario text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (SELECT 1 FROM public.scenarios WHERE id = scenario AND state = 'draft')
$$;
--> statement-breakpoint
CREATE FUNCTION organisation_in_administered_park(organisation text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (SELECT 1 FROM public.memberships
    WHERE organisation_id = organisation AND park_id = ANY (public.app_admin_parks()))
$$;
--> statement-breakpoint
CREATE FUNCTION may_read_event(event text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (SELECT 1 FROM public.event_readers
    WHERE event_id = event AND organisation_id = public.app_org())
$$;
--> statement-breakpoint
-- Who stands behind a key, before there is an actor. An expired or revoked key is no key.
CREATE FUNCTION authenticate_key(key_hash bytea, at timestamptz)
RETURNS TABLE (key_id text, organisation_id text, organisation_kind text, role text, scopes text[],
  park_ids text[], admin_park_ids text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT k.id, o.id, o.kind, k.role, k.scopes,
    coalesce((SELECT array_agg(m.park_id ORDER BY m.park_id) FROM public.memberships m
      WHERE m.organisation_id = o.id AND m.state = 'active'), '{}'),
    coalesce((SELECT array_agg(p.id ORDER BY p.id) FROM public.parks p WHERE p.organisation_id = o.id), '{}')
  FROM public.api_keys k JOIN public.organisations o ON o.id = k.organisation_id
  WHERE k.hash = key_hash AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > at)
$$;
--> statement-breakpoint
CREATE FUNCTION touch_key(key text, at timestamptz) RETURNS void LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  UPDATE public.api_keys SET last_used_at = at
    WHERE id = key AND (last_used_at IS NULL OR last_used_at < at - interval '1 minute')
$$;
--> statement-breakpoint
-- Whether an organisation has a key at all: the first one may be made by those who registered it.
CREATE FUNCTION organisation_has_key(organisation text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (SELECT 1 FROM public.api_keys WHERE organisation_id = organisation)
$$;
--> statement-breakpoint

-- A change of demand or supply moves its row to the end of the feed that the index follows.
CREATE FUNCTION stamp_feed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.feed_xid := pg_current_xact_id();
  RETURN NEW;
END
$$;
--> statement-breakpoint
-- The two columns that scoring itself writes do not move the row: a score would otherwise feed itself.
CREATE TRIGGER scenarios_feed BEFORE UPDATE OF state, visibility, language, title, industry, problems, body, version ON scenarios
  FOR EACH ROW EXECUTE FUNCTION stamp_feed();
--> statement-breakpoint
CREATE TRIGGER capabilities_feed BEFORE UPDATE ON capabilities FOR EACH ROW EXECUTE FUNCTION stamp_feed();
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
--> statement-breakpoint

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['organisations', 'parks', 'memberships', 'api_keys', 'disclosures', 'idempotency_keys',
    'events', 'event_readers', 'park_settings', 'resources', 'scenarios', 'scenario_shared', 'scenario_sealed',
    'capabilities', 'capability_shared', 'capability_sealed', 'matches', 'match_scores', 'match_explanations',
    'near_misses', 'match_transitions', 'bridge_models', 'embeddings', 'endpoints', 'endpoint_secrets', 'deliveries',
    'attempts', 'recoveries'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    -- Matching, relay and sweep work for everybody, by a policy that says so and not by a privilege that hides it.
    IF t <> 'disclosures' THEN
      EXECUTE format('CREATE POLICY worker ON %I TO duijie_worker USING (true) WITH CHECK (true)', t);
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO duijie_worker', t);
    END IF;
  END LOOP;
END
$$;
--> statement-breakpoint
GRANT SELECT, INSERT ON organisations, parks, memberships, api_keys, idempotency_keys, events, event_readers,
  park_settings, resources, scenarios, scenario_shared, scenario_sealed, capabilities, capability_shared,
  capability_sealed, match_transitions, endpoints, endpoint_secrets, deliveries, attempts, recoveries TO duijie_app;
--> statement-breakpoint
GRANT SELECT ON matches, match_explanations, near_misses TO duijie_app;
--> statement-breakpoint
GRANT UPDATE ON organisations, memberships, api_keys, park_settings, resources, scenarios, scenario_shared,
  scenario_sealed, capabilities, capability_shared, capability_sealed, matches, endpoints, endpoint_secrets,
  deliveries, recoveries TO duijie_app;
--> statement-breakpoint
GRANT DELETE ON endpoint_secrets, idempotency_keys TO duijie_app;
--> statement-breakpoint

-- identity
CREATE POLICY read ON parks FOR SELECT TO duijie_app USING (true);
--> statement-breakpoint
CREATE POLICY make ON parks FOR INSERT TO duijie_app WITH CHECK (app_operator());
--> statement-breakpoint
-- Vendors and helpers are listed openly; who a manufacturer is, is known to its park and to those it opened itself to.
CREATE POLICY read ON organisations FOR SELECT TO duijie_app USING (
  id = app_org() OR (kind <> 'manufacturer' AND app_org() IS NOT NULL) OR app_operator()
  OR organisation_in_administered_park(id) OR disclosure_stage(id) >= 1);
--> statement-breakpoint
CREATE POLICY make ON organisations FOR INSERT TO duijie_app WITH CHECK (
  app_operator() OR (app_editor() AND cardinality(app_admin_parks()) > 0 AND kind NOT IN ('park', 'operator')));
--> statement-breakpoint
CREATE POLICY change ON organisations FOR UPDATE TO duijie_app USING (id = app_org() AND app_editor());
--> statement-breakpoint
CREATE POLICY read ON memberships FOR SELECT TO duijie_app USING (
  organisation_id = app_org() OR park_id = ANY (app_admin_parks()) OR app_operator());
--> statement-breakpoint
CREATE POLICY make ON memberships FOR INSERT TO duijie_app WITH CHECK (
  app_operator() OR (app_editor() AND park_id = ANY (app_admin_parks()))
  OR (app_editor() AND organisation_id = app_org() AND state = 'requested'));
--> statement-breakpoint
CREATE POLICY change ON memberships FOR UPDATE TO duijie_app USING (app_editor() AND park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY read ON api_keys FOR SELECT TO duijie_app USING (organisation_id = app_org() OR made_by_id = app_org());
--> statement-breakpoint
CREATE POLICY make ON api_keys FOR INSERT TO duijie_app WITH CHECK (
  (organisation_id = app_org() AND app_editor())
  OR ((app_operator() OR organisation_in_administered_park(organisation_id)) AND NOT organisation_has_key(organisation_id)));
--> statement-breakpoint
CREATE POLICY change ON api_keys FOR UPDATE TO duijie_app USING (organisation_id = app_org() AND app_editor());
--> statement-breakpoint
CREATE POLICY own ON idempotency_keys TO duijie_app USING (organisation_id = app_org()) WITH CHECK (organisation_id = app_org());
--> statement-breakpoint

-- events
CREATE POLICY read ON events FOR SELECT TO duijie_app USING (may_read_event(id));
--> statement-breakpoint
CREATE POLICY write ON events FOR INSERT TO duijie_app WITH CHECK (actor_id = app_org());
--> statement-breakpoint
CREATE POLICY read ON event_readers FOR SELECT TO duijie_app USING (organisation_id = app_org());
--> statement-breakpoint
CREATE POLICY write ON event_readers FOR INSERT TO duijie_app WITH CHECK (app_org() IS NOT NULL);
--> statement-breakpoint

-- parks and resources
CREATE POLICY read ON park_settings FOR SELECT TO duijie_app USING (
  park_id = ANY (app_parks()) OR park_id = ANY (app_admin_parks()) OR app_operator());
--> statement-breakpoint
CREATE POLICY make ON park_settings FOR INSERT TO duijie_app WITH CHECK (app_operator() OR (app_editor() AND park_id = ANY (app_admin_parks())));
--> statement-breakpoint
CREATE POLICY change ON park_settings FOR UPDATE TO duijie_app USING (app_editor() AND park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY read ON resources FOR SELECT TO duijie_app USING (
  park_id = ANY (app_parks()) OR park_id = ANY (app_admin_parks()) OR organisation_id = app_org());
--> statement-breakpoint
CREATE POLICY make ON resources FOR INSERT TO duijie_app WITH CHECK (
  app_editor() AND (park_id = ANY (app_admin_parks()) OR (organisation_id = app_org() AND park_id = ANY (app_parks()))));
--> statement-breakpoint
CREATE POLICY change ON resources FOR UPDATE TO duijie_app USING (
  app_editor() AND (park_id = ANY (app_admin_parks()) OR organisation_id = app_org()));
--> statement-breakpoint

-- demand
CREATE POLICY read ON scenarios FOR SELECT TO duijie_app USING (
  organisation_id = app_org() OR (state <> 'draft' AND park_id = ANY (app_admin_parks()))
  OR (state = 'published' AND (park_id = ANY (app_parks()) OR (visibility = 'network' AND cardinality(app_parks()) > 0)))
  OR (state <> 'draft' AND disclosure_stage(id) >= 1)
  OR (state <> 'draft' AND app_operator()));
--> statement-breakpoint
CREATE POLICY make ON scenarios FOR INSERT TO duijie_app WITH CHECK (organisation_id = app_org() AND app_editor());
--> statement-breakpoint
CREATE POLICY change ON scenarios FOR UPDATE TO duijie_app USING (organisation_id = app_org() AND app_editor());
--> statement-breakpoint
CREATE POLICY read ON scenario_shared FOR SELECT TO duijie_app USING (
  organisation_id = app_org()
  OR ((park_id = ANY (app_admin_parks()) OR disclosure_stage(scenario_id) >= 1) AND NOT scenario_is_draft(scenario_id)));
--> statement-breakpoint
CREATE POLICY make ON scenario_shared FOR INSERT TO duijie_app WITH CHECK (organisation_id = app_org() AND app_editor());
--> statement-breakpoint
CREATE POLICY change ON scenario_shared FOR UPDATE TO duijie_app USING (organisation_id = app_org() AND app_editor());
--> statement-breakpoint
CREATE POLICY read ON scenario_sealed FOR SELECT TO duijie_app USING (
  organisation_id = app_org() OR (disclosure_stage(scenario_id) >= 2 AND NOT scenario_is_draft(scenario_id)));
--> statement-breakpoint
CREATE POLICY make ON scenario_sealed FOR INSERT TO duijie_app WITH CHECK (organisation_id = app_org() AND app_editor());
--> statement-breakpoint
CREATE POLICY change ON scenario_sealed FOR UPDATE TO duijie_app USING (organisation_id = app_org() AND app_editor());
--> statement-breakpoint

-- supply
CREATE POLICY read ON capabilities FOR SELECT TO duijie_app USING (
  organisation_id = app_org()
  OR (state = 'published' AND (audiences && app_parks() OR audiences && app_admin_parks()
    OR ('network' = ANY (audiences) AND (cardinality(app_parks()) > 0 OR cardinality(app_admin_parks()) > 0))))
  OR (state <> 'draft' AND disclosure_stage(id) >= 1)
  OR (state <> 'draft' AND app_operator()));
--> statement-breakpoint
CREATE POLICY make ON capabilities FOR INSERT TO duijie_app WITH CHECK (organisation_id = app_org() AND app_editor());
--> statement-breakpoint
CREATE POLICY change ON capabilities FOR UPDATE TO duijie_app USING (organisation_id = app_org() AND app_editor());
--> statement-breakpoint
CREATE POLICY read ON capability_shared FOR SELECT TO duijie_app USING (
  organisation_id = app_org() OR disclosure_stage(capability_id) >= 1);
--> statement-breakpoint
CREATE POLICY make ON capability_shared FOR INSERT TO duijie_app WITH CHECK (organisation_id = app_org() AND app_editor());
--> statement-breakpoint
CREATE POLICY change ON capability_shared FOR UPDATE TO duijie_app USING (organisation_id = app_org() AND app_editor());
--> statement-breakpoint
CREATE POLICY read ON capability_sealed FOR SELECT TO duijie_app USING (
  organisation_id = app_org() OR disclosure_stage(capability_id) >= 2);
--> statement-breakpoint
CREATE POLICY make ON capability_sealed FOR INSERT TO duijie_app WITH CHECK (organisation_id = app_org() AND app_editor());
--> statement-breakpoint
CREATE POLICY change ON capability_sealed FOR UPDATE TO duijie_app USING (organisation_id = app_org() AND app_editor());
--> statement-breakpoint

-- matching: app reads and moves, worker makes
CREATE POLICY read ON matches FOR SELECT TO duijie_app USING (
  factory_id = app_org() OR vendor_id = app_org() OR park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY change ON matches FOR UPDATE TO duijie_app USING (
  app_editor() AND (factory_id = app_org() OR vendor_id = app_org() OR park_id = ANY (app_admin_parks())));
--> statement-breakpoint
CREATE POLICY read ON match_explanations FOR SELECT TO duijie_app USING (organisation_id = app_org());
--> statement-breakpoint
CREATE POLICY read ON near_misses FOR SELECT TO duijie_app USING (organisation_id = app_org());
--> statement-breakpoint
CREATE POLICY read ON match_transitions FOR SELECT TO duijie_app USING (
  factory_id = app_org() OR vendor_id = app_org() OR park_id = ANY (app_admin_parks()));
--> statement-breakpoint
CREATE POLICY make ON match_transitions FOR INSERT TO duijie_app WITH CHECK (actor_id = app_org() AND app_editor());
--> statement-breakpoint

-- webhooks
CREATE POLICY own ON endpoints TO duijie_app USING (organisation_id = app_org()) WITH CHECK (organisation_id = app_org() AND app_editor());
--> statement-breakpoint
CREATE POLICY own ON endpoint_secrets TO duijie_app USING (organisation_id = app_org()) WITH CHECK (organisation_id = app_org() AND app_editor());
--> statement-breakpoint
CREATE POLICY own ON deliveries TO duijie_app USING (organisation_id = app_org()) WITH CHECK (organisation_id = app_org() AND app_editor());
--> statement-breakpoint
CREATE POLICY own ON attempts TO duijie_app USING (organisation_id = app_org()) WITH CHECK (organisation_id = app_org() AND app_editor());
--> statement-breakpoint
CREATE POLICY own ON recoveries TO duijie_app USING (organisation_id = app_org()) WITH CHECK (organisation_id = app_org() AND app_editor());
