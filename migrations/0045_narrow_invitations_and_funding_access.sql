-- Whoever may change an invitation can make its link anew and take the seat behind it: for a seat in one's own
-- organisation that is an owner, as for making one.
DROP POLICY change ON invitations;
--> statement-breakpoint
CREATE POLICY change ON invitations FOR UPDATE TO duijie_app USING (
  made_by_id = app_org() AND CASE WHEN organisation_id = app_org() THEN app_owner() ELSE app_editor() END);
--> statement-breakpoint
-- What a rule has paid is told to members of its park, what a firm got to itself and to the park.
CREATE OR REPLACE FUNCTION funding_granted(rule text, firm text, vendor text, in_year integer)
RETURNS TABLE (firm_yuan bigint, firm_year_yuan bigint, vendor_yuan bigint, pool_yuan bigint, pool_year_yuan bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT coalesce(sum(amount_yuan) FILTER (WHERE is_told AND firm_id = firm), 0)::bigint,
    coalesce(sum(amount_yuan) FILTER (WHERE is_told AND firm_id = firm AND year = in_year), 0)::bigint,
    coalesce(sum(amount_yuan) FILTER (WHERE is_told AND vendor_id = vendor), 0)::bigint,
    coalesce(sum(amount_yuan), 0)::bigint,
    coalesce(sum(amount_yuan) FILTER (WHERE year = in_year), 0)::bigint
  FROM (SELECT *, firm = public.app_org() OR park_id = ANY (public.app_admin_parks()) AS is_told
    FROM public.funding_entries WHERE rule_id = rule
      AND (park_id = ANY (public.app_parks()) OR park_id = ANY (public.app_admin_parks()))) e
$$;
--> statement-breakpoint
-- The operator lets others in, and not itself.
DROP POLICY make ON memberships;
--> statement-breakpoint
CREATE POLICY make ON memberships FOR INSERT TO duijie_app WITH CHECK (
  (app_operator() AND organisation_id <> app_org()) OR (app_editor() AND park_id = ANY (app_admin_parks()))
  OR (app_editor() AND organisation_id = app_org() AND state = 'requested'));
