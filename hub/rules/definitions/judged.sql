-- judged: what the programmes' rules answered for children who may be entitled to something; filled by whoever judges, empty otherwise (F)
select null::bigint as person, ''::text as programme, ''::text as answer, ''::text as reason where false
