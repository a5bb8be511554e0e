-- cancelled: entries of the household register that tell of a death or a cancellation: those that are listed, and of whoever has none
-- listed the last that was, since the register does not list a cancelled entry for ever (E.0.3)
select h.person, h.mention, h.record, h.hash, h.id, h.source, h.valid, h.register_state, h.cancel_reason, h.deceased_on, h.cancelled_on
  from (select * from hukou_registration where division = :division and valid @> :on and among(person)
        union all
        select * from (
            select distinct on (e.person) e.* from hukou_registration e
             where e.division = :division and upper(e.valid) <= :on and among(e.person)
               and not exists (select from hukou_registration s where s.division = :division and s.person = e.person and s.valid @> :on)
             order by e.person, upper(e.valid) desc, coalesce(e.register_state, e.cancel_reason, '正常') <> '正常', lower(e.valid) desc, e.id) o) h
 where h.deceased_on is not null or h.cancelled_on is not null or coalesce(h.register_state, '正常') <> '正常' or h.cancel_reason is not null
