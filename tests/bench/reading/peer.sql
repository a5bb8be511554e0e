-- The hub's tables as PostGraphile would like them: what is valid on the day, one division, keys told in comments.
-- %(division)s and %(on)s are written in. The views belong to the administrator, so that row security costs the peer nothing.
drop schema if exists peer cascade;
create schema peer;

create view peer.household as select id, kind, number_mask as number from household where division = %(division)s;
comment on view peer.household is '@primaryKey id';

create view peer.person as
select id, name, sex, birth_date, township, born_to, name_order, register_household as register_household_id, living_household as living_household_id
  from person_resolved where division = %(division)s and valid @> date '%(on)s';
comment on view peer.person is E'@primaryKey id\n@foreignKey (register_household_id) references peer.household (id)\n@foreignKey (living_household_id) references peer.household (id)';

create view peer.school as select id, name from school where division = %(division)s;
comment on view peer.school is '@primaryKey id';

create view peer.enrolment as
select id, person as person_id, grade, class_name, state, school as school_id from enrolment where division = %(division)s and valid @> date '%(on)s';
comment on view peer.enrolment is E'@primaryKey id\n@foreignKey (person_id) references peer.person (id)\n@foreignKey (school_id) references peer.school (id)';

create view peer.certificate as
select id, person as person_id, category, level, state, valid_until from certificate where division = %(division)s and valid @> date '%(on)s';
comment on view peer.certificate is E'@primaryKey id\n@foreignKey (person_id) references peer.person (id)';

create view peer.assistance as
select id, person as person_id, programme, kind, state, monthly_amount from assistance where division = %(division)s and valid @> date '%(on)s';
comment on view peer.assistance is E'@primaryKey id\n@foreignKey (person_id) references peer.person (id)';

create view peer.guardianship as
select id, person as person_id, relation, capacity, guardian as guardian_id from guardianship where division = %(division)s and valid @> date '%(on)s';
comment on view peer.guardianship is E'@primaryKey id\n@foreignKey (person_id) references peer.person (id)\n@foreignKey (guardian_id) references peer.person (id)';

create function peer.thousand(township text) returns setof peer.person language sql stable as
$$ select * from peer.person p where p.born_to > date '%(on)s' - interval '18 years' and p.township = $1 order by p.name_order, p.id $$;

create function peer.worklist(township text) returns setof peer.person language sql stable as
$$ select * from peer.person p
    where p.born_to > date '%(on)s' - interval '18 years' and p.township = $1
      and exists (select 1 from peer.certificate c where c.person_id = p.id and coalesce(c.state, '正常') = '正常'
                     and (c.valid_until is null or c.valid_until >= date '%(on)s'))
      and not exists (select 1 from peer.enrolment e where e.person_id = p.id and coalesce(e.grade, 1) >= 1
                         and coalesce(e.state, '在读') not in ('退学', '停学', '流失', '毕业', '结业', '肄业', '转学(转出)', '死亡', '开除', '下落不明'))
    order by p.name_order, p.id $$;

grant usage on schema peer to hub_reader;
grant select on all tables in schema peer to hub_reader;
