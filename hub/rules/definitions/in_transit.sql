-- in_transit: pupils whose transfer is being handled (B.3)
select person from transfer where to_day >= :on
