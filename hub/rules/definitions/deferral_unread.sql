-- deferral_unread: deferrals that the list still has and of which the hub cannot tell that somebody competent approved them: a person reads them (E.0.5)
select d.person, d.mention, d.record, d.hash, d.id, d.source, 'deferral_approval' as fact, lower(d.valid) as since,
       concat_ws(' ', '延缓入学批件待人工核对，延缓至', d.until) as says
  from deferral_approval d
 where d.division = :division and d.valid @> :on and d.until >= :on and coalesce(d.approved_on, :on) <= :on
   and d.id not in (select id from deferral) and among(d.person)
