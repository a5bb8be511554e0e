-- register: children's entries in the household register; a death or cancellation counts from its day on (E.0.3). What is void says
-- nothing of where a child is: a duplicate, or an entry that was given up for another in this city. One that was cancelled for a reason that
-- nobody can read has not ended
select h.person, h.mention, h.record, h.hash, h.id, h.source, 'hukou_registration' as fact, lower(h.valid) as since,
       concat_ws(' ', '户籍', coalesce(h.register_state, h.cancel_reason, '正常')) as says,
       h.person in (select person from died) as dead,
       concat_ws(' ', h.register_state, h.cancel_reason) ~ '重户|重复|市内迁移' as void,
       coalesce(h.register_state, '') <> '状态不明' and coalesce(h.cancelled_on <= :on, h.register_state in ('迁出', '出国(境)注销', '失踪', '注销') or h.cancel_reason ~ '迁出|出国|失踪', false) as ended
  from (select person, mention, record, hash, id, source, valid, register_state, cancel_reason, cancelled_on
          from hukou_registration where division = :division and valid @> :on and among(person)
        union all
        select person, mention, record, hash, id, source, valid, register_state, cancel_reason, cancelled_on from cancelled where not valid @> :on) h
  join child c on c.person = h.person
