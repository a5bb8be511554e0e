-- What findings of some rules tell of by being there. Of a guardian only the kind DISABLED tells; of what a department says of schooling, its list.
create temp table told on commit drop as
with version as (
    select division, id, rule, kind, evidence from finding union all select division, id, rule, kind, evidence from finding_history
), fixed (rule, reveals) as (
    values ('unenrolled_disabled', 'certificate'), ('unenrolled_poor', 'assistance'), ('entitlement_gap', 'assistance'), ('dead_on_allowance', 'assistance'),
           ('paid_wrongly', 'assistance'), ('payment_returned', 'payment')
), said as (
    select v.division, v.id, bool_or(s ->> 'source' like 'disabled_persons.%') as federation, bool_or(s ->> 'source' = 'civil_affairs.child_welfare') as welfare,
           bool_or(s ->> 'source' not in ('civil_affairs.left_behind')) as other
      from version v cross join jsonb_array_elements(v.evidence -> 'sides') s
     where v.rule = 'said_in_school' and s ->> 'fact' = 'schooling_statement' group by 1, 2
)
select distinct v.division, v.id, f.reveals from version v join fixed f using (rule)
union select division, id, 'certificate' from version where rule = 'left_behind_guardian' and kind = 'DISABLED'
union select division, id, case when federation then 'certificate' when welfare then 'parent_situation' else 'assistance' end from said where federation or welfare or other;

update finding f set reveals = t.reveals from told t where f.division = t.division and f.id = t.id;
update finding_history f set reveals = t.reveals from told t where f.division = t.division and f.id = t.id;
update finding_event f set reveals = t.reveals from told t where f.division = t.division and f.finding = t.id;
update round_row r set reveals = t.reveals from told t where r.division = t.division and r.finding = t.id;
update round_result r set reveals = w.reveals from round_row w where r.division = w.division and r.row = w.id and r.reveals <> w.reveals;
update inspection_round i set reveals = array(select distinct unnest(i.reveals || x.reveals) order by 1)
  from (select r.division, r.round, array_agg(distinct r.reveals order by r.reveals) as reveals from round_row r where r.reveals <> '' group by 1, 2) x
 where i.division = x.division and i.id = x.round and not i.reveals @> x.reveals;
update round_signature s set reveals = i.reveals from inspection_round i where s.division = i.division and s.round = i.id and s.reveals <> i.reveals;

-- A household of those who live together, and a place in one, is known from the lists of assistance alone.
do $$
declare
    opened constant text := '(%s = ''REGISTER'' or (select strpos(current_setting(''hub.tables'', true), '',assistance,'') > 0))';
    one record;
begin
    for one in select tablename as name, qual from pg_policies
                where schemaname = 'public' and policyname = 'reading' and tablename in ('household', 'membership', 'membership_history') and qual <> 'true'
    loop
        execute format('alter policy reading on %I using (%s and %s)', one.name, one.qual, format(opened, case one.name when 'household' then 'kind' else 'household_kind' end));
    end loop;
end $$;
