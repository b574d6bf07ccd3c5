-- Who people are and how they sign in. What happens before anybody is signed in (a password is checked, a link is taken)
-- runs as the worker; the application's role reads no hash of a token or a password at all.
CREATE FUNCTION app_person() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.person', true), '');
--> statement-breakpoint
CREATE FUNCTION app_owner() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(current_setting('app.owner', true), '') = 'on';
--> statement-breakpoint
CREATE FUNCTION person_in_my_organisation(person text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (SELECT 1 FROM public.positions WHERE person_id = person AND organisation_id = public.app_org())
$$;
--> statement-breakpoint
CREATE FUNCTION organisation_has_person(organisation text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (SELECT 1 FROM public.positions WHERE organisation_id = organisation)
$$;
--> statement-breakpoint
-- The organisations of the person who is signed in, by name: he may not otherwise see those that he does not act for now.
CREATE FUNCTION my_positions() RETURNS TABLE (organisation_id text, name text, kind text, role text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT o.id, o.name, o.kind, p.role FROM public.positions p JOIN public.organisations o ON o.id = p.organisation_id
  WHERE p.person_id = public.app_person() ORDER BY p.created_at, o.id
$$;
--> statement-breakpoint
-- Who stands behind a session, before there is an actor. One that has run out, lay idle or lost its position is none.
CREATE FUNCTION authenticate_session(token_hash bytea, at timestamptz, idle_since timestamptz)
RETURNS TABLE (session_id text, person_id text, is_bound boolean, last_seen_at timestamptz, organisation_id text,
  organisation_kind text, role text, park_ids text[], admin_park_ids text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT s.id, s.person_id, s.is_bound, s.last_seen_at, o.id, o.kind, p.role,
    coalesce((SELECT array_agg(m.park_id ORDER BY m.park_id) FROM public.memberships m
      WHERE m.organisation_id = o.id AND m.state = 'active'), '{}'),
    coalesce((SELECT array_agg(k.id ORDER BY k.id) FROM public.parks k WHERE k.organisation_id = o.id), '{}')
  FROM public.sessions s JOIN public.organisations o ON o.id = s.organisation_id
    JOIN public.positions p ON p.person_id = s.person_id AND p.organisation_id = s.organisation_id
  WHERE s.hash = token_hash AND s.revoked_at IS NULL AND s.expires_at > at AND s.last_seen_at > idle_since
$$;
--> statement-breakpoint
CREATE FUNCTION touch_session(session text, at timestamptz) RETURNS void LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  UPDATE public.sessions SET last_seen_at = at WHERE id = session
$$;
--> statement-breakpoint
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['people', 'positions', 'passwords', 'password_tries', 'sign_in_links', 'sessions',
    'invitations', 'person_identities'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY worker ON %I TO duijie_worker USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO duijie_worker', t);
  END LOOP;
END
$$;
--> statement-breakpoint
GRANT SELECT ON people, positions TO duijie_app;
--> statement-breakpoint
GRANT UPDATE (name, language) ON people TO duijie_app;
--> statement-breakpoint
GRANT UPDATE (role), DELETE ON positions TO duijie_app;
--> statement-breakpoint
GRANT INSERT ON sign_in_links, invitations TO duijie_app;
--> statement-breakpoint
GRANT SELECT (id, person_id, organisation_id, is_bound, method, user_agent, created_at, last_seen_at, expires_at, revoked_at),
  UPDATE (organisation_id, revoked_at) ON sessions TO duijie_app;
--> statement-breakpoint
GRANT SELECT (id, organisation_id, role, email, person_name, state, made_by_id, created_at, expires_at, decided_at),
  UPDATE (state, decided_at) ON invitations TO duijie_app;
--> statement-breakpoint
CREATE POLICY read ON people FOR SELECT TO duijie_app USING (id = app_person() OR person_in_my_organisation(id));
--> statement-breakpoint
CREATE POLICY change ON people FOR UPDATE TO duijie_app USING (id = app_person());
--> statement-breakpoint
CREATE POLICY read ON positions FOR SELECT TO duijie_app USING (organisation_id = app_org() OR person_id = app_person());
--> statement-breakpoint
CREATE POLICY change ON positions FOR UPDATE TO duijie_app USING (organisation_id = app_org() AND app_owner());
--> statement-breakpoint
CREATE POLICY remove ON positions FOR DELETE TO duijie_app USING (organisation_id = app_org() AND app_owner());
--> statement-breakpoint
-- A link that somebody else hands over opens only the organisation that handed it over.
CREATE POLICY make ON sign_in_links FOR INSERT TO duijie_app WITH CHECK (
  organisation_id = app_org() AND app_owner() AND person_in_my_organisation(person_id));
--> statement-breakpoint
CREATE POLICY read ON sessions FOR SELECT TO duijie_app USING (
  person_id = app_person() OR (organisation_id = app_org() AND app_owner()));
--> statement-breakpoint
CREATE POLICY change ON sessions FOR UPDATE TO duijie_app USING (
  person_id = app_person() OR (organisation_id = app_org() AND app_owner()));
--> statement-breakpoint
CREATE POLICY read ON invitations FOR SELECT TO duijie_app USING (organisation_id = app_org() OR made_by_id = app_org());
--> statement-breakpoint
-- An owner fills his own seats; a park fills the first one of a company in which nobody sits yet.
CREATE POLICY make ON invitations FOR INSERT TO duijie_app WITH CHECK (
  made_by_id = app_org() AND ((organisation_id = app_org() AND app_owner())
    OR (app_editor() AND organisation_in_administered_park(organisation_id) AND NOT organisation_has_person(organisation_id))));
--> statement-breakpoint
CREATE POLICY change ON invitations FOR UPDATE TO duijie_app USING (app_editor() AND made_by_id = app_org());
