-- register: children's entries in the household register; a death or cancellation counts from its day on (E.0.3)
select h.person, h.mention, h.record, h.hash, h.id, h.source, 'hukou_registration' as fact, lower(h.valid) as since,
       concat_ws(' ', '户籍', coalesce(h.register_state, h.cancel_reason, '正常')) as says,
       coalesce(h.deceased_on <= :on, h.register_state = '死亡注销' and coalesce(h.cancelled_on, :on) <= :on, false) as dead,
       coalesce(h.register_state, '') = '重户' or coalesce(h.cancel_reason, '') ~ '重户|重复' as duplicate,
       coalesce(h.cancelled_on <= :on, h.register_state in ('迁出', '出国(境)注销', '失踪', '注销') or h.cancel_reason ~ '迁出|出国|失踪', false) as ended
  from hukou_registration h
  join child c on c.person = h.person
 where h.division = :division and h.valid @> :on and among(h.person)
