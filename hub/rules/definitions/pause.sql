-- pause: the days on which no absence is counted: winter and summer vacation and public holidays of the school calendar (E.0.4)
select starts_on, ends_on from calendar_period
 where division = :division and kind ~ '寒假|暑假|节假日|假期' and lower(valid) <= :on and starts_on is not null and ends_on is not null
