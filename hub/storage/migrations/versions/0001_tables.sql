-- The tables of the hub. Written by hub/storage/migrations/draft.py; do not edit after a release.

CREATE TABLE publication (
	division INTEGER NOT NULL, 
	no BIGINT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	business_date DATE NOT NULL, 
	kind TEXT NOT NULL, 
	by TEXT NOT NULL, 
	note TEXT, 
	CONSTRAINT pk_publication PRIMARY KEY (division, no)
);

CREATE TABLE delivery (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	contract_version TEXT NOT NULL, 
	file TEXT NOT NULL, 
	parts JSONB NOT NULL, 
	headers JSONB NOT NULL, 
	as_of DATE NOT NULL, 
	received_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	state TEXT NOT NULL, 
	reasons JSONB DEFAULT '[]' NOT NULL, 
	notices JSONB DEFAULT '[]' NOT NULL, 
	profile JSONB DEFAULT '{}' NOT NULL, 
	rows_read INTEGER DEFAULT '0' NOT NULL, 
	rows_not_data INTEGER DEFAULT '0' NOT NULL, 
	rows_new INTEGER DEFAULT '0' NOT NULL, 
	rows_changed INTEGER DEFAULT '0' NOT NULL, 
	rows_unchanged INTEGER DEFAULT '0' NOT NULL, 
	rows_quarantined INTEGER DEFAULT '0' NOT NULL, 
	rows_refused INTEGER DEFAULT '0' NOT NULL, 
	records_ended INTEGER DEFAULT '0' NOT NULL, 
	decided_by TEXT, 
	decided_at TIMESTAMP WITH TIME ZONE, 
	publication BIGINT, 
	CONSTRAINT pk_delivery PRIMARY KEY (division, id)
);

CREATE INDEX ix_delivery_division_source_as_of ON delivery (division, source, as_of);

CREATE TABLE delivery_page (
	division INTEGER NOT NULL, 
	delivery BIGINT NOT NULL, 
	sheet TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	records BIGINT[] NOT NULL, 
	row_numbers INTEGER[] NOT NULL, 
	lines TEXT[] NOT NULL, 
	CONSTRAINT pk_delivery_page PRIMARY KEY (division, delivery, sheet, position)
);

COMMENT ON TABLE delivery_page IS 'Which record stood in which row of which sheet of a delivery; 5,000 rows a page.';

CREATE TABLE quarantine (
	division INTEGER NOT NULL, 
	delivery BIGINT NOT NULL, 
	sheet TEXT NOT NULL, 
	row INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	line TEXT, 
	payload JSONB NOT NULL, 
	problems JSONB NOT NULL, 
	state TEXT NOT NULL, 
	repair JSONB, 
	repaired_by TEXT, 
	publication BIGINT NOT NULL, 
	CONSTRAINT pk_quarantine PRIMARY KEY (division, delivery, sheet, row)
);

CREATE INDEX ix_quarantine_division_source_state ON quarantine (division, source, state);

CREATE TABLE record (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	delivery BIGINT NOT NULL, 
	sheet TEXT NOT NULL, 
	row INTEGER NOT NULL, 
	payload JSONB NOT NULL, 
	problems JSONB, 
	publication BIGINT NOT NULL, 
	CONSTRAINT pk_record PRIMARY KEY (division, id, hash)
);

COMMENT ON TABLE record IS 'A source row by content, append-only. id = keyed hash of source and natural key; hash = of the cells.';

CREATE TABLE vault (
	division INTEGER NOT NULL, 
	blind BYTEA NOT NULL, 
	key_no INTEGER NOT NULL, 
	cipher BYTEA NOT NULL, 
	CONSTRAINT pk_vault PRIMARY KEY (division, blind)
);

COMMENT ON TABLE vault IS 'Sealed values (citizen, certificate, student, phone, bank numbers): erasing a row here erases the value.';

CREATE TABLE record_period (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	hash BIGINT NOT NULL, 
	delivery BIGINT NOT NULL, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_record_period_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_record_period_division_source ON record_period (division, source);

COMMENT ON TABLE record_period IS 'During which business dates a source row stood with which content (id = record).';

CREATE TABLE record_period_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	hash BIGINT NOT NULL, 
	delivery BIGINT NOT NULL, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_record_period_history_division_id ON record_period_history (division, id);

CREATE INDEX ix_record_period_history_division_source ON record_period_history (division, source);

COMMENT ON TABLE record_period_history IS 'What was known of record_period before, and during which publications.';

CREATE TABLE mention (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	role TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	anchor BIGINT, 
	name TEXT, 
	former_name TEXT, 
	number_mask TEXT, 
	number_blind BYTEA, 
	document_type TEXT, 
	student_number_mask TEXT, 
	student_number_blind BYTEA, 
	certificate_number_mask TEXT, 
	certificate_number_blind BYTEA, 
	sex TEXT, 
	born TEXT, 
	ethnic_group TEXT, 
	phone_mask TEXT, 
	phone_blind BYTEA, 
	township TEXT, 
	village TEXT, 
	address TEXT, 
	deceased_on DATE, 
	number_state TEXT NOT NULL, 
	name_key TEXT, 
	pinyin TEXT, 
	birth_date DATE, 
	match_key BIGINT, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_mention_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_mention_division_anchor ON mention (division, anchor);

CREATE INDEX ix_mention_division_match_key ON mention (division, match_key);

CREATE INDEX ix_mention_division_number_blind ON mention (division, number_blind);

CREATE INDEX ix_mention_division_record ON mention (division, record);

COMMENT ON TABLE mention IS 'A person named in a source row: evidence for identity, and the source''s assertion about that person.';

CREATE TABLE mention_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	role TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	anchor BIGINT, 
	name TEXT, 
	former_name TEXT, 
	number_mask TEXT, 
	number_blind BYTEA, 
	document_type TEXT, 
	student_number_mask TEXT, 
	student_number_blind BYTEA, 
	certificate_number_mask TEXT, 
	certificate_number_blind BYTEA, 
	sex TEXT, 
	born TEXT, 
	ethnic_group TEXT, 
	phone_mask TEXT, 
	phone_blind BYTEA, 
	township TEXT, 
	village TEXT, 
	address TEXT, 
	deceased_on DATE, 
	number_state TEXT NOT NULL, 
	name_key TEXT, 
	pinyin TEXT, 
	birth_date DATE, 
	match_key BIGINT, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_mention_history_division_anchor ON mention_history (division, anchor);

CREATE INDEX ix_mention_history_division_id ON mention_history (division, id);

CREATE INDEX ix_mention_history_division_match_key ON mention_history (division, match_key);

CREATE INDEX ix_mention_history_division_number_blind ON mention_history (division, number_blind);

CREATE INDEX ix_mention_history_division_record ON mention_history (division, record);

COMMENT ON TABLE mention_history IS 'What was known of mention before, and during which publications.';

CREATE TABLE identity (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	tier TEXT NOT NULL, 
	score NUMERIC(8, 3) NOT NULL, 
	reasons JSONB NOT NULL, 
	rule_version TEXT NOT NULL, 
	cluster BYTEA NOT NULL, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_identity_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_identity_division_cluster ON identity (division, cluster);

CREATE INDEX ix_identity_division_person ON identity (division, person);

COMMENT ON TABLE identity IS 'Which person a mention (id) means, how sure that is and why.';

CREATE TABLE identity_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	tier TEXT NOT NULL, 
	score NUMERIC(8, 3) NOT NULL, 
	reasons JSONB NOT NULL, 
	rule_version TEXT NOT NULL, 
	cluster BYTEA NOT NULL, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_identity_history_division_cluster ON identity_history (division, cluster);

CREATE INDEX ix_identity_history_division_id ON identity_history (division, id);

CREATE INDEX ix_identity_history_division_person ON identity_history (division, person);

COMMENT ON TABLE identity_history IS 'What was known of identity before, and during which publications.';

CREATE TABLE membership (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	household BIGINT, 
	household_kind TEXT, 
	relation_to_head TEXT, 
	head BIGINT, 
	head_mention BIGINT, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_membership_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_membership_division_head ON membership (division, head);

CREATE INDEX ix_membership_division_household ON membership (division, household);

CREATE INDEX ix_membership_division_person ON membership (division, person);

CREATE INDEX ix_membership_division_record ON membership (division, record);

COMMENT ON TABLE membership IS 'A person''s place in a household for a period; register and living households are kept apart.';

CREATE TABLE membership_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	household BIGINT, 
	household_kind TEXT, 
	relation_to_head TEXT, 
	head BIGINT, 
	head_mention BIGINT, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_membership_history_division_head ON membership_history (division, head);

CREATE INDEX ix_membership_history_division_household ON membership_history (division, household);

CREATE INDEX ix_membership_history_division_id ON membership_history (division, id);

CREATE INDEX ix_membership_history_division_person ON membership_history (division, person);

CREATE INDEX ix_membership_history_division_record ON membership_history (division, record);

COMMENT ON TABLE membership_history IS 'What was known of membership before, and during which publications.';

CREATE TABLE guardianship (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	guardian BIGINT, 
	guardian_mention BIGINT, 
	relation TEXT, 
	capacity TEXT, 
	is_guardian BOOLEAN, 
	health TEXT, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_guardianship_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_guardianship_division_guardian ON guardianship (division, guardian);

CREATE INDEX ix_guardianship_division_person ON guardianship (division, person);

CREATE INDEX ix_guardianship_division_record ON guardianship (division, record);

COMMENT ON TABLE guardianship IS 'Who looks after a child, and in what capacity.';

CREATE TABLE guardianship_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	guardian BIGINT, 
	guardian_mention BIGINT, 
	relation TEXT, 
	capacity TEXT, 
	is_guardian BOOLEAN, 
	health TEXT, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_guardianship_history_division_guardian ON guardianship_history (division, guardian);

CREATE INDEX ix_guardianship_history_division_id ON guardianship_history (division, id);

CREATE INDEX ix_guardianship_history_division_person ON guardianship_history (division, person);

CREATE INDEX ix_guardianship_history_division_record ON guardianship_history (division, record);

COMMENT ON TABLE guardianship_history IS 'What was known of guardianship before, and during which publications.';

CREATE TABLE kinship (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	relative BIGINT, 
	relative_mention BIGINT, 
	relation TEXT, 
	work_place TEXT, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_kinship_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_kinship_division_person ON kinship (division, person);

CREATE INDEX ix_kinship_division_record ON kinship (division, record);

CREATE INDEX ix_kinship_division_relative ON kinship (division, relative);

COMMENT ON TABLE kinship IS 'A tie of family: the relative is R of the person.';

CREATE TABLE kinship_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	relative BIGINT, 
	relative_mention BIGINT, 
	relation TEXT, 
	work_place TEXT, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_kinship_history_division_id ON kinship_history (division, id);

CREATE INDEX ix_kinship_history_division_person ON kinship_history (division, person);

CREATE INDEX ix_kinship_history_division_record ON kinship_history (division, record);

CREATE INDEX ix_kinship_history_division_relative ON kinship_history (division, relative);

COMMENT ON TABLE kinship_history IS 'What was known of kinship before, and during which publications.';

CREATE TABLE parent_situation (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	parent BIGINT, 
	parent_mention BIGINT, 
	parent_role TEXT, 
	situation TEXT, 
	marital_note TEXT, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_parent_situation_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_parent_situation_division_parent ON parent_situation (division, parent);

CREATE INDEX ix_parent_situation_division_person ON parent_situation (division, person);

CREATE INDEX ix_parent_situation_division_record ON parent_situation (division, record);

COMMENT ON TABLE parent_situation IS 'Why a parent cannot look after the child (事实无人抚养 list, each parent apart).';

CREATE TABLE parent_situation_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	parent BIGINT, 
	parent_mention BIGINT, 
	parent_role TEXT, 
	situation TEXT, 
	marital_note TEXT, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_parent_situation_history_division_id ON parent_situation_history (division, id);

CREATE INDEX ix_parent_situation_history_division_parent ON parent_situation_history (division, parent);

CREATE INDEX ix_parent_situation_history_division_person ON parent_situation_history (division, person);

CREATE INDEX ix_parent_situation_history_division_record ON parent_situation_history (division, record);

COMMENT ON TABLE parent_situation_history IS 'What was known of parent_situation before, and during which publications.';

CREATE TABLE custody (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	prisoner_number_mask TEXT, 
	prisoner_number_blind BYTEA, 
	facility TEXT, 
	original_sentence TEXT, 
	sentence_from TEXT, 
	sentence_to TEXT, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_custody_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_custody_division_person ON custody (division, person);

CREATE INDEX ix_custody_division_record ON custody (division, record);

COMMENT ON TABLE custody IS 'A person''s imprisonment; kept in its own table, read by its own role.';

CREATE TABLE custody_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	prisoner_number_mask TEXT, 
	prisoner_number_blind BYTEA, 
	facility TEXT, 
	original_sentence TEXT, 
	sentence_from TEXT, 
	sentence_to TEXT, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_custody_history_division_id ON custody_history (division, id);

CREATE INDEX ix_custody_history_division_person ON custody_history (division, person);

CREATE INDEX ix_custody_history_division_record ON custody_history (division, record);

COMMENT ON TABLE custody_history IS 'What was known of custody before, and during which publications.';

CREATE TABLE hukou_registration (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	household BIGINT, 
	register_state TEXT, 
	nature TEXT, 
	address TEXT, 
	township TEXT, 
	village TEXT, 
	deceased_on DATE, 
	cancelled_on DATE, 
	cancel_reason TEXT, 
	police_station TEXT, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_hukou_registration_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_hukou_registration_division_household ON hukou_registration (division, household);

CREATE INDEX ix_hukou_registration_division_person ON hukou_registration (division, person);

CREATE INDEX ix_hukou_registration_division_record ON hukou_registration (division, record);

COMMENT ON TABLE hukou_registration IS 'A person''s entry in the household register.';

CREATE TABLE hukou_registration_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	household BIGINT, 
	register_state TEXT, 
	nature TEXT, 
	address TEXT, 
	township TEXT, 
	village TEXT, 
	deceased_on DATE, 
	cancelled_on DATE, 
	cancel_reason TEXT, 
	police_station TEXT, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_hukou_registration_history_division_household ON hukou_registration_history (division, household);

CREATE INDEX ix_hukou_registration_history_division_id ON hukou_registration_history (division, id);

CREATE INDEX ix_hukou_registration_history_division_person ON hukou_registration_history (division, person);

CREATE INDEX ix_hukou_registration_history_division_record ON hukou_registration_history (division, record);

COMMENT ON TABLE hukou_registration_history IS 'What was known of hukou_registration before, and during which publications.';

CREATE TABLE residence (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	address TEXT, 
	township TEXT, 
	village TEXT, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_residence_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_residence_division_person ON residence (division, person);

CREATE INDEX ix_residence_division_record ON residence (division, record);

COMMENT ON TABLE residence IS 'Where a source says a person lives.';

CREATE TABLE residence_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	address TEXT, 
	township TEXT, 
	village TEXT, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_residence_history_division_id ON residence_history (division, id);

CREATE INDEX ix_residence_history_division_person ON residence_history (division, person);

CREATE INDEX ix_residence_history_division_record ON residence_history (division, record);

COMMENT ON TABLE residence_history IS 'What was known of residence before, and during which publications.';

CREATE TABLE residence_permit (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	permit_number_mask TEXT, 
	permit_number_blind BYTEA, 
	origin_address TEXT, 
	address TEXT, 
	township TEXT, 
	village TEXT, 
	issued_on DATE, 
	endorsed_on DATE, 
	expires_on DATE, 
	purpose TEXT, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_residence_permit_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_residence_permit_division_person ON residence_permit (division, person);

CREATE INDEX ix_residence_permit_division_record ON residence_permit (division, record);

COMMENT ON TABLE residence_permit IS 'A residence permit; valid for one year from its last endorsement.';

CREATE TABLE residence_permit_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	permit_number_mask TEXT, 
	permit_number_blind BYTEA, 
	origin_address TEXT, 
	address TEXT, 
	township TEXT, 
	village TEXT, 
	issued_on DATE, 
	endorsed_on DATE, 
	expires_on DATE, 
	purpose TEXT, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_residence_permit_history_division_id ON residence_permit_history (division, id);

CREATE INDEX ix_residence_permit_history_division_person ON residence_permit_history (division, person);

CREATE INDEX ix_residence_permit_history_division_record ON residence_permit_history (division, record);

COMMENT ON TABLE residence_permit_history IS 'What was known of residence_permit before, and during which publications.';

CREATE TABLE enrolment (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	student_number_mask TEXT, 
	student_number_blind BYTEA, 
	school BIGINT, 
	grade INTEGER, 
	class_name TEXT, 
	state TEXT, 
	attendance_mode TEXT, 
	entered TEXT, 
	placement TEXT, 
	disability TEXT, 
	disability_level TEXT, 
	left_behind TEXT, 
	orphan BOOLEAN, 
	aid_wanted BOOLEAN, 
	boarder_aid BOOLEAN, 
	school_bus_needed BOOLEAN, 
	distance_km NUMERIC(14, 2), 
	migrant BOOLEAN, 
	source_kind TEXT, 
	problem TEXT, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_enrolment_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_enrolment_division_person ON enrolment (division, person);

CREATE INDEX ix_enrolment_division_record ON enrolment (division, record);

CREATE INDEX ix_enrolment_division_school ON enrolment (division, school);

COMMENT ON TABLE enrolment IS 'A pupil''s place on a school''s register.';

CREATE TABLE enrolment_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	student_number_mask TEXT, 
	student_number_blind BYTEA, 
	school BIGINT, 
	grade INTEGER, 
	class_name TEXT, 
	state TEXT, 
	attendance_mode TEXT, 
	entered TEXT, 
	placement TEXT, 
	disability TEXT, 
	disability_level TEXT, 
	left_behind TEXT, 
	orphan BOOLEAN, 
	aid_wanted BOOLEAN, 
	boarder_aid BOOLEAN, 
	school_bus_needed BOOLEAN, 
	distance_km NUMERIC(14, 2), 
	migrant BOOLEAN, 
	source_kind TEXT, 
	problem TEXT, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_enrolment_history_division_id ON enrolment_history (division, id);

CREATE INDEX ix_enrolment_history_division_person ON enrolment_history (division, person);

CREATE INDEX ix_enrolment_history_division_record ON enrolment_history (division, record);

CREATE INDEX ix_enrolment_history_division_school ON enrolment_history (division, school);

COMMENT ON TABLE enrolment_history IS 'What was known of enrolment before, and during which publications.';

CREATE TABLE movement (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	kind TEXT, 
	reason TEXT, 
	moved_on DATE, 
	applied_on DATE, 
	approved_on DATE, 
	completed_on DATE, 
	entered_on DATE, 
	progress TEXT, 
	document_number TEXT, 
	from_school BIGINT, 
	to_school BIGINT, 
	suspended_until DATE, 
	graduation_certificate TEXT, 
	note TEXT, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_movement_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_movement_division_from_school ON movement (division, from_school);

CREATE INDEX ix_movement_division_person ON movement (division, person);

CREATE INDEX ix_movement_division_record ON movement (division, record);

CREATE INDEX ix_movement_division_to_school ON movement (division, to_school);

COMMENT ON TABLE movement IS 'A change of a pupil''s register status; a transfer has a life of its own.';

CREATE TABLE movement_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	kind TEXT, 
	reason TEXT, 
	moved_on DATE, 
	applied_on DATE, 
	approved_on DATE, 
	completed_on DATE, 
	entered_on DATE, 
	progress TEXT, 
	document_number TEXT, 
	from_school BIGINT, 
	to_school BIGINT, 
	suspended_until DATE, 
	graduation_certificate TEXT, 
	note TEXT, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_movement_history_division_from_school ON movement_history (division, from_school);

CREATE INDEX ix_movement_history_division_id ON movement_history (division, id);

CREATE INDEX ix_movement_history_division_person ON movement_history (division, person);

CREATE INDEX ix_movement_history_division_record ON movement_history (division, record);

CREATE INDEX ix_movement_history_division_to_school ON movement_history (division, to_school);

COMMENT ON TABLE movement_history IS 'What was known of movement before, and during which publications.';

CREATE TABLE absence_spell (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	school BIGINT, 
	grade INTEGER, 
	first_absent_on DATE, 
	days INTEGER, 
	excused BOOLEAN, 
	leave_kind TEXT, 
	leave_from DATE, 
	leave_to DATE, 
	slip_registered_on DATE, 
	mark TEXT, 
	marked_on DATE, 
	reason TEXT, 
	whereabouts TEXT, 
	persuasion TEXT, 
	report_number TEXT, 
	reported_on DATE, 
	reported_to_bureau_on DATE, 
	reported_to_township_on DATE, 
	order_number TEXT, 
	order_due_on DATE, 
	legal_document TEXT, 
	returned_on DATE, 
	returned_how TEXT, 
	closed_on DATE, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_absence_spell_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_absence_spell_division_person ON absence_spell (division, person);

CREATE INDEX ix_absence_spell_division_record ON absence_spell (division, record);

CREATE INDEX ix_absence_spell_division_school ON absence_spell (division, school);

COMMENT ON TABLE absence_spell IS 'One absence of a pupil, excused or not, and what was done about it (A-61 to A-65).';

CREATE TABLE absence_spell_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	school BIGINT, 
	grade INTEGER, 
	first_absent_on DATE, 
	days INTEGER, 
	excused BOOLEAN, 
	leave_kind TEXT, 
	leave_from DATE, 
	leave_to DATE, 
	slip_registered_on DATE, 
	mark TEXT, 
	marked_on DATE, 
	reason TEXT, 
	whereabouts TEXT, 
	persuasion TEXT, 
	report_number TEXT, 
	reported_on DATE, 
	reported_to_bureau_on DATE, 
	reported_to_township_on DATE, 
	order_number TEXT, 
	order_due_on DATE, 
	legal_document TEXT, 
	returned_on DATE, 
	returned_how TEXT, 
	closed_on DATE, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_absence_spell_history_division_id ON absence_spell_history (division, id);

CREATE INDEX ix_absence_spell_history_division_person ON absence_spell_history (division, person);

CREATE INDEX ix_absence_spell_history_division_record ON absence_spell_history (division, record);

CREATE INDEX ix_absence_spell_history_division_school ON absence_spell_history (division, school);

COMMENT ON TABLE absence_spell_history IS 'What was known of absence_spell before, and during which publications.';

CREATE TABLE signal (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	kind TEXT, 
	school BIGINT, 
	observed TEXT, 
	term TEXT, 
	present BOOLEAN, 
	days INTEGER, 
	score NUMERIC(14, 2), 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_signal_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_signal_division_person ON signal (division, person);

CREATE INDEX ix_signal_division_record ON signal (division, record);

CREATE INDEX ix_signal_division_school ON signal (division, school);

COMMENT ON TABLE signal IS 'A weak sign that a pupil is, or is not, really there: head-count, exam, meal, school bus.';

CREATE TABLE signal_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	kind TEXT, 
	school BIGINT, 
	observed TEXT, 
	term TEXT, 
	present BOOLEAN, 
	days INTEGER, 
	score NUMERIC(14, 2), 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_signal_history_division_id ON signal_history (division, id);

CREATE INDEX ix_signal_history_division_person ON signal_history (division, person);

CREATE INDEX ix_signal_history_division_record ON signal_history (division, record);

CREATE INDEX ix_signal_history_division_school ON signal_history (division, school);

COMMENT ON TABLE signal_history IS 'What was known of signal before, and during which publications.';

CREATE TABLE graduation (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	outcome TEXT, 
	school BIGINT, 
	graduated_on DATE, 
	certificate_number TEXT, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_graduation_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_graduation_division_person ON graduation (division, person);

CREATE INDEX ix_graduation_division_record ON graduation (division, record);

CREATE INDEX ix_graduation_division_school ON graduation (division, school);

COMMENT ON TABLE graduation IS 'Completion of a stage: 毕业 or 结业.';

CREATE TABLE graduation_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	outcome TEXT, 
	school BIGINT, 
	graduated_on DATE, 
	certificate_number TEXT, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_graduation_history_division_id ON graduation_history (division, id);

CREATE INDEX ix_graduation_history_division_person ON graduation_history (division, person);

CREATE INDEX ix_graduation_history_division_record ON graduation_history (division, record);

CREATE INDEX ix_graduation_history_division_school ON graduation_history (division, school);

COMMENT ON TABLE graduation_history IS 'What was known of graduation before, and during which publications.';

CREATE TABLE vocational_enrolment (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	school_name TEXT, 
	student_number_mask TEXT, 
	student_number_blind BYTEA, 
	class_name TEXT, 
	entered TEXT, 
	major TEXT, 
	admission_target TEXT, 
	candidate_number TEXT, 
	attendance_mode TEXT, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_vocational_enrolment_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_vocational_enrolment_division_person ON vocational_enrolment (division, person);

CREATE INDEX ix_vocational_enrolment_division_record ON vocational_enrolment (division, record);

COMMENT ON TABLE vocational_enrolment IS 'A place on a secondary vocational or technical school''s register (B.10).';

CREATE TABLE vocational_enrolment_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	school_name TEXT, 
	student_number_mask TEXT, 
	student_number_blind BYTEA, 
	class_name TEXT, 
	entered TEXT, 
	major TEXT, 
	admission_target TEXT, 
	candidate_number TEXT, 
	attendance_mode TEXT, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_vocational_enrolment_history_division_id ON vocational_enrolment_history (division, id);

CREATE INDEX ix_vocational_enrolment_history_division_person ON vocational_enrolment_history (division, person);

CREATE INDEX ix_vocational_enrolment_history_division_record ON vocational_enrolment_history (division, record);

COMMENT ON TABLE vocational_enrolment_history IS 'What was known of vocational_enrolment before, and during which publications.';

CREATE TABLE schooling_statement (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	status TEXT, 
	school_name TEXT, 
	out_of_school BOOLEAN, 
	assured BOOLEAN, 
	reason TEXT, 
	result TEXT, 
	hardship TEXT, 
	care TEXT, 
	stated_on TEXT, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_schooling_statement_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_schooling_statement_division_person ON schooling_statement (division, person);

CREATE INDEX ix_schooling_statement_division_record ON schooling_statement (division, record);

COMMENT ON TABLE schooling_statement IS 'What a department other than education says of a child''s schooling; evidence, never proof.';

CREATE TABLE schooling_statement_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	status TEXT, 
	school_name TEXT, 
	out_of_school BOOLEAN, 
	assured BOOLEAN, 
	reason TEXT, 
	result TEXT, 
	hardship TEXT, 
	care TEXT, 
	stated_on TEXT, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_schooling_statement_history_division_id ON schooling_statement_history (division, id);

CREATE INDEX ix_schooling_statement_history_division_person ON schooling_statement_history (division, person);

CREATE INDEX ix_schooling_statement_history_division_record ON schooling_statement_history (division, record);

COMMENT ON TABLE schooling_statement_history IS 'What was known of schooling_statement before, and during which publications.';

CREATE TABLE left_behind_file (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	definition TEXT, 
	kind TEXT, 
	reason TEXT, 
	visited_on DATE, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_left_behind_file_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_left_behind_file_division_person ON left_behind_file (division, person);

CREATE INDEX ix_left_behind_file_division_record ON left_behind_file (division, record);

COMMENT ON TABLE left_behind_file IS 'A left-behind child''s file; three definitions are kept apart (B.6).';

CREATE TABLE left_behind_file_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	definition TEXT, 
	kind TEXT, 
	reason TEXT, 
	visited_on DATE, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_left_behind_file_history_division_id ON left_behind_file_history (division, id);

CREATE INDEX ix_left_behind_file_history_division_person ON left_behind_file_history (division, person);

CREATE INDEX ix_left_behind_file_history_division_record ON left_behind_file_history (division, record);

COMMENT ON TABLE left_behind_file_history IS 'What was known of left_behind_file before, and during which publications.';

CREATE TABLE deferral_approval (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	reason TEXT, 
	authority TEXT, 
	document_number TEXT, 
	approved_on DATE, 
	until DATE, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_deferral_approval_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_deferral_approval_division_person ON deferral_approval (division, person);

CREATE INDEX ix_deferral_approval_division_record ON deferral_approval (division, record);

COMMENT ON TABLE deferral_approval IS 'An approved later start of schooling (义务教育法 11).';

CREATE TABLE deferral_approval_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	reason TEXT, 
	authority TEXT, 
	document_number TEXT, 
	approved_on DATE, 
	until DATE, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_deferral_approval_history_division_id ON deferral_approval_history (division, id);

CREATE INDEX ix_deferral_approval_history_division_person ON deferral_approval_history (division, person);

CREATE INDEX ix_deferral_approval_history_division_record ON deferral_approval_history (division, record);

COMMENT ON TABLE deferral_approval_history IS 'What was known of deferral_approval before, and during which publications.';

CREATE TABLE certificate (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	number_mask TEXT, 
	number_blind BYTEA, 
	category TEXT, 
	level TEXT, 
	multiple TEXT, 
	state TEXT, 
	first_issued_on DATE, 
	issued_on DATE, 
	valid_until DATE, 
	authority TEXT, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_certificate_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_certificate_division_person ON certificate (division, person);

CREATE INDEX ix_certificate_division_record ON certificate (division, record);

COMMENT ON TABLE certificate IS 'A disability certificate; the columns win over the number''s own digits (B.4).';

CREATE TABLE certificate_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	number_mask TEXT, 
	number_blind BYTEA, 
	category TEXT, 
	level TEXT, 
	multiple TEXT, 
	state TEXT, 
	first_issued_on DATE, 
	issued_on DATE, 
	valid_until DATE, 
	authority TEXT, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_certificate_history_division_id ON certificate_history (division, id);

CREATE INDEX ix_certificate_history_division_person ON certificate_history (division, person);

CREATE INDEX ix_certificate_history_division_record ON certificate_history (division, record);

COMMENT ON TABLE certificate_history IS 'What was known of certificate before, and during which publications.';

CREATE TABLE assessment (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	kind TEXT, 
	result TEXT, 
	category TEXT, 
	level TEXT, 
	assessed TEXT, 
	education_need TEXT, 
	aid_need TEXT, 
	rehabilitation_need TEXT, 
	self_care TEXT, 
	referred_to TEXT, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_assessment_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_assessment_division_person ON assessment (division, person);

CREATE INDEX ix_assessment_division_record ON assessment (division, record);

COMMENT ON TABLE assessment IS 'A survey, screening or committee assessment of a disabled child.';

CREATE TABLE assessment_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	kind TEXT, 
	result TEXT, 
	category TEXT, 
	level TEXT, 
	assessed TEXT, 
	education_need TEXT, 
	aid_need TEXT, 
	rehabilitation_need TEXT, 
	self_care TEXT, 
	referred_to TEXT, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_assessment_history_division_id ON assessment_history (division, id);

CREATE INDEX ix_assessment_history_division_person ON assessment_history (division, person);

CREATE INDEX ix_assessment_history_division_record ON assessment_history (division, record);

COMMENT ON TABLE assessment_history IS 'What was known of assessment before, and during which publications.';

CREATE TABLE assistance (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	programme TEXT, 
	kind TEXT, 
	household BIGINT, 
	case_number_mask TEXT, 
	case_number_blind BYTEA, 
	covered BOOLEAN, 
	state TEXT, 
	monthly_amount NUMERIC(14, 2), 
	household_size INTEGER, 
	covered_size INTEGER, 
	supplement TEXT, 
	cause TEXT, 
	care_mode TEXT, 
	self_care TEXT, 
	granted TEXT, 
	stopped TEXT, 
	stop_reason TEXT, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_assistance_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_assistance_division_household ON assistance (division, household);

CREATE INDEX ix_assistance_division_person ON assistance (division, person);

CREATE INDEX ix_assistance_division_record ON assistance (division, record);

COMMENT ON TABLE assistance IS 'A person''s standing in an assistance programme: who is recognised, since when, at what rate.';

CREATE TABLE assistance_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	programme TEXT, 
	kind TEXT, 
	household BIGINT, 
	case_number_mask TEXT, 
	case_number_blind BYTEA, 
	covered BOOLEAN, 
	state TEXT, 
	monthly_amount NUMERIC(14, 2), 
	household_size INTEGER, 
	covered_size INTEGER, 
	supplement TEXT, 
	cause TEXT, 
	care_mode TEXT, 
	self_care TEXT, 
	granted TEXT, 
	stopped TEXT, 
	stop_reason TEXT, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_assistance_history_division_household ON assistance_history (division, household);

CREATE INDEX ix_assistance_history_division_id ON assistance_history (division, id);

CREATE INDEX ix_assistance_history_division_person ON assistance_history (division, person);

CREATE INDEX ix_assistance_history_division_record ON assistance_history (division, record);

COMMENT ON TABLE assistance_history IS 'What was known of assistance before, and during which publications.';

CREATE TABLE payment (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	programme TEXT, 
	amount NUMERIC(14, 2), 
	paid_on DATE, 
	period TEXT, 
	state TEXT, 
	special_kind TEXT, 
	payer TEXT, 
	method TEXT, 
	account_mask TEXT, 
	account_blind BYTEA, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_payment_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_payment_division_person ON payment (division, person);

CREATE INDEX ix_payment_division_record ON payment (division, record);

COMMENT ON TABLE payment IS 'Money or service paid under a programme.';

CREATE TABLE payment_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	programme TEXT, 
	amount NUMERIC(14, 2), 
	paid_on DATE, 
	period TEXT, 
	state TEXT, 
	special_kind TEXT, 
	payer TEXT, 
	method TEXT, 
	account_mask TEXT, 
	account_blind BYTEA, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_payment_history_division_id ON payment_history (division, id);

CREATE INDEX ix_payment_history_division_person ON payment_history (division, person);

CREATE INDEX ix_payment_history_division_record ON payment_history (division, record);

COMMENT ON TABLE payment_history IS 'What was known of payment before, and during which publications.';

CREATE TABLE employment (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	employer TEXT, 
	employer_code TEXT, 
	post TEXT, 
	contract_from DATE, 
	contract_to DATE, 
	filed_on DATE, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_employment_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_employment_division_person ON employment (division, person);

CREATE INDEX ix_employment_division_record ON employment (division, record);

COMMENT ON TABLE employment IS 'A filed employment contract (E.8).';

CREATE TABLE employment_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	person BIGINT NOT NULL, 
	employer TEXT, 
	employer_code TEXT, 
	post TEXT, 
	contract_from DATE, 
	contract_to DATE, 
	filed_on DATE, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_employment_history_division_id ON employment_history (division, id);

CREATE INDEX ix_employment_history_division_person ON employment_history (division, person);

CREATE INDEX ix_employment_history_division_record ON employment_history (division, record);

COMMENT ON TABLE employment_history IS 'What was known of employment before, and during which publications.';

CREATE TABLE school_profile (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	school BIGINT, 
	code TEXT, 
	kind TEXT, 
	ownership TEXT, 
	parent BIGINT, 
	township TEXT, 
	village TEXT, 
	address TEXT, 
	resource_room BOOLEAN, 
	special_teachers INTEGER, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_school_profile_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_school_profile_division_parent ON school_profile (division, parent);

CREATE INDEX ix_school_profile_division_record ON school_profile (division, record);

CREATE INDEX ix_school_profile_division_school ON school_profile (division, school);

COMMENT ON TABLE school_profile IS 'A school as the register of schools describes it.';

CREATE TABLE school_profile_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	school BIGINT, 
	code TEXT, 
	kind TEXT, 
	ownership TEXT, 
	parent BIGINT, 
	township TEXT, 
	village TEXT, 
	address TEXT, 
	resource_room BOOLEAN, 
	special_teachers INTEGER, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_school_profile_history_division_id ON school_profile_history (division, id);

CREATE INDEX ix_school_profile_history_division_parent ON school_profile_history (division, parent);

CREATE INDEX ix_school_profile_history_division_record ON school_profile_history (division, record);

CREATE INDEX ix_school_profile_history_division_school ON school_profile_history (division, school);

COMMENT ON TABLE school_profile_history IS 'What was known of school_profile before, and during which publications.';

CREATE TABLE calendar_period (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	kind TEXT, 
	name TEXT, 
	starts_on DATE, 
	ends_on DATE, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_calendar_period_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_calendar_period_division_record ON calendar_period (division, record);

COMMENT ON TABLE calendar_period IS 'A term, vacation or public holiday of the school calendar.';

CREATE TABLE calendar_period_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	kind TEXT, 
	name TEXT, 
	starts_on DATE, 
	ends_on DATE, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_calendar_period_history_division_id ON calendar_period_history (division, id);

CREATE INDEX ix_calendar_period_history_division_record ON calendar_period_history (division, record);

COMMENT ON TABLE calendar_period_history IS 'What was known of calendar_period before, and during which publications.';

CREATE TABLE cohort_count (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	school BIGINT, 
	school_year TEXT, 
	grade INTEGER, 
	entered INTEGER, 
	pupils INTEGER, 
	graduated INTEGER, 
	transferred_in INTEGER, 
	transferred_out INTEGER, 
	died INTEGER, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_cohort_count_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_cohort_count_division_record ON cohort_count (division, record);

CREATE INDEX ix_cohort_count_division_school ON cohort_count (division, school);

COMMENT ON TABLE cohort_count IS 'Counts of a grade in a school year, for the retention rate (E.12).';

CREATE TABLE cohort_count_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	school BIGINT, 
	school_year TEXT, 
	grade INTEGER, 
	entered INTEGER, 
	pupils INTEGER, 
	graduated INTEGER, 
	transferred_in INTEGER, 
	transferred_out INTEGER, 
	died INTEGER, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_cohort_count_history_division_id ON cohort_count_history (division, id);

CREATE INDEX ix_cohort_count_history_division_record ON cohort_count_history (division, record);

CREATE INDEX ix_cohort_count_history_division_school ON cohort_count_history (division, school);

COMMENT ON TABLE cohort_count_history IS 'What was known of cohort_count before, and during which publications.';

CREATE TABLE head_count (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	school BIGINT, 
	grade INTEGER, 
	class_name TEXT, 
	counted_on DATE, 
	registered INTEGER, 
	present INTEGER, 
	absent_names TEXT, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_head_count_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_head_count_division_record ON head_count (division, record);

CREATE INDEX ix_head_count_division_school ON head_count (division, school);

COMMENT ON TABLE head_count IS 'Pupils really present in a class on a day.';

CREATE TABLE head_count_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	school BIGINT, 
	grade INTEGER, 
	class_name TEXT, 
	counted_on DATE, 
	registered INTEGER, 
	present INTEGER, 
	absent_names TEXT, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_head_count_history_division_id ON head_count_history (division, id);

CREATE INDEX ix_head_count_history_division_record ON head_count_history (division, record);

CREATE INDEX ix_head_count_history_division_school ON head_count_history (division, school);

COMMENT ON TABLE head_count_history IS 'What was known of head_count before, and during which publications.';

CREATE TABLE school_funding (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	school BIGINT, 
	school_year TEXT, 
	pupils INTEGER, 
	funded_pupils INTEGER, 
	rate NUMERIC(14, 2), 
	approved NUMERIC(14, 2), 
	paid NUMERIC(14, 2), 
	paid_on DATE, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_school_funding_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_school_funding_division_record ON school_funding (division, record);

CREATE INDEX ix_school_funding_division_school ON school_funding (division, school);

COMMENT ON TABLE school_funding IS 'Public funds approved for and paid to a school or teaching point (A-56, E.13).';

CREATE TABLE school_funding_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	hash BIGINT NOT NULL, 
	school BIGINT, 
	school_year TEXT, 
	pupils INTEGER, 
	funded_pupils INTEGER, 
	rate NUMERIC(14, 2), 
	approved NUMERIC(14, 2), 
	paid NUMERIC(14, 2), 
	paid_on DATE, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_school_funding_history_division_id ON school_funding_history (division, id);

CREATE INDEX ix_school_funding_history_division_record ON school_funding_history (division, record);

CREATE INDEX ix_school_funding_history_division_school ON school_funding_history (division, school);

COMMENT ON TABLE school_funding_history IS 'What was known of school_funding before, and during which publications.';

CREATE TABLE person_id (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	current BIGINT NOT NULL, 
	publication BIGINT NOT NULL, 
	CONSTRAINT pk_person_id PRIMARY KEY (division, id)
);

CREATE INDEX ix_person_id_division_current ON person_id (division, current);

COMMENT ON TABLE person_id IS 'Any person id ever issued resolves here in one look-up.';

CREATE TABLE person_id_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	current BIGINT NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_person_id_history_division_id ON person_id_history (division, id);

CREATE TABLE household (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	number_mask TEXT, 
	number_blind BYTEA, 
	publication BIGINT NOT NULL, 
	CONSTRAINT pk_household PRIMARY KEY (division, id)
);

CREATE TABLE school (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	name TEXT NOT NULL, 
	township TEXT, 
	publication BIGINT NOT NULL, 
	CONSTRAINT pk_school PRIMARY KEY (division, id)
);

CREATE TABLE person_resolved (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	name TEXT, 
	pinyin TEXT, 
	former_name TEXT, 
	sex TEXT, 
	birth_date DATE, 
	born TEXT, 
	ethnic_group TEXT, 
	number_mask TEXT, 
	number_blind BYTEA, 
	phone_mask TEXT, 
	township TEXT, 
	village TEXT, 
	hukou_township TEXT, 
	register_household BIGINT, 
	living_household BIGINT, 
	deceased_on DATE, 
	chosen JSONB NOT NULL, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_person_resolved_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_person_resolved_division_birth_date ON person_resolved (division, birth_date);

CREATE INDEX ix_person_resolved_division_living_household ON person_resolved (division, living_household);

CREATE INDEX ix_person_resolved_division_number_blind ON person_resolved (division, number_blind);

CREATE INDEX ix_person_resolved_division_pinyin_id ON person_resolved (division, pinyin, id);

CREATE INDEX ix_person_resolved_division_register_household ON person_resolved (division, register_household);

CREATE INDEX ix_person_resolved_division_township_id ON person_resolved (division, township, id);

COMMENT ON TABLE person_resolved IS 'One value per person and time by the survivorship rule (id = person); `chosen` names the record of each value.';

CREATE TABLE person_resolved_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	name TEXT, 
	pinyin TEXT, 
	former_name TEXT, 
	sex TEXT, 
	birth_date DATE, 
	born TEXT, 
	ethnic_group TEXT, 
	number_mask TEXT, 
	number_blind BYTEA, 
	phone_mask TEXT, 
	township TEXT, 
	village TEXT, 
	hukou_township TEXT, 
	register_household BIGINT, 
	living_household BIGINT, 
	deceased_on DATE, 
	chosen JSONB NOT NULL, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_person_resolved_history_division_birth_date ON person_resolved_history (division, birth_date);

CREATE INDEX ix_person_resolved_history_division_id ON person_resolved_history (division, id);

CREATE INDEX ix_person_resolved_history_division_living_household ON person_resolved_history (division, living_household);

CREATE INDEX ix_person_resolved_history_division_number_blind ON person_resolved_history (division, number_blind);

CREATE INDEX ix_person_resolved_history_division_pinyin_id ON person_resolved_history (division, pinyin, id);

CREATE INDEX ix_person_resolved_history_division_register_household ON person_resolved_history (division, register_household);

CREATE INDEX ix_person_resolved_history_division_township_id ON person_resolved_history (division, township, id);

COMMENT ON TABLE person_resolved_history IS 'What was known of person_resolved before, and during which publications.';

CREATE TABLE link_review (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	other BIGINT NOT NULL, 
	score NUMERIC(8, 3) NOT NULL, 
	kind TEXT NOT NULL, 
	reasons JSONB NOT NULL, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_link_review_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_link_review_division_mention ON link_review (division, mention);

COMMENT ON TABLE link_review IS 'Mentions that stay apart until a person decides.';

CREATE TABLE link_review_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	mention BIGINT NOT NULL, 
	other BIGINT NOT NULL, 
	score NUMERIC(8, 3) NOT NULL, 
	kind TEXT NOT NULL, 
	reasons JSONB NOT NULL, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_link_review_history_division_id ON link_review_history (division, id);

CREATE INDEX ix_link_review_history_division_mention ON link_review_history (division, mention);

COMMENT ON TABLE link_review_history IS 'What was known of link_review before, and during which publications.';

CREATE TABLE finding (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	rule TEXT NOT NULL, 
	rule_version TEXT NOT NULL, 
	person BIGINT, 
	subject TEXT NOT NULL, 
	kind TEXT, 
	school_year INTEGER NOT NULL, 
	reference_date DATE NOT NULL, 
	severity TEXT NOT NULL, 
	confidence TEXT NOT NULL, 
	status TEXT NOT NULL, 
	township TEXT, 
	school BIGINT, 
	opened_on DATE NOT NULL, 
	last_seen_on DATE NOT NULL, 
	due_on DATE, 
	contradicted_on DATE, 
	conclusion TEXT, 
	concluded_on DATE, 
	reopened INTEGER NOT NULL, 
	evidence JSONB NOT NULL, 
	valid DATERANGE NOT NULL, 
	known_from BIGINT NOT NULL, 
	CONSTRAINT one_finding_at_a_time EXCLUDE USING gist (division WITH =, id WITH =, valid WITH &&) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_finding_division_person ON finding (division, person);

CREATE INDEX ix_finding_division_rule_status_township_id ON finding (division, rule, status, township, id);

CREATE INDEX ix_finding_division_township_id ON finding (division, township, id);

COMMENT ON TABLE finding IS 'What a rule found, with the records of both sides; it leaves the open list only by a conclusion (E.0.6).';

CREATE TABLE finding_history (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	rule TEXT NOT NULL, 
	rule_version TEXT NOT NULL, 
	person BIGINT, 
	subject TEXT NOT NULL, 
	kind TEXT, 
	school_year INTEGER NOT NULL, 
	reference_date DATE NOT NULL, 
	severity TEXT NOT NULL, 
	confidence TEXT NOT NULL, 
	status TEXT NOT NULL, 
	township TEXT, 
	school BIGINT, 
	opened_on DATE NOT NULL, 
	last_seen_on DATE NOT NULL, 
	due_on DATE, 
	contradicted_on DATE, 
	conclusion TEXT, 
	concluded_on DATE, 
	reopened INTEGER NOT NULL, 
	evidence JSONB NOT NULL, 
	valid DATERANGE NOT NULL, 
	known INT8RANGE NOT NULL
);

CREATE INDEX ix_finding_history_division_id ON finding_history (division, id);

CREATE INDEX ix_finding_history_division_person ON finding_history (division, person);

CREATE INDEX ix_finding_history_division_rule_status_township_id ON finding_history (division, rule, status, township, id);

CREATE INDEX ix_finding_history_division_township_id ON finding_history (division, township, id);

COMMENT ON TABLE finding_history IS 'What was known of finding before, and during which publications.';

CREATE TABLE conclusion (
	division INTEGER NOT NULL, 
	finding BIGINT NOT NULL, 
	publication BIGINT NOT NULL, 
	code TEXT NOT NULL, 
	status TEXT NOT NULL, 
	note TEXT, 
	document TEXT, 
	by TEXT NOT NULL, 
	department TEXT NOT NULL, 
	"on" DATE NOT NULL, 
	CONSTRAINT pk_conclusion PRIMARY KEY (division, finding, publication)
);

COMMENT ON TABLE conclusion IS 'What a team member concluded about a finding; append-only.';

CREATE TABLE rule_run (
	division INTEGER NOT NULL, 
	publication BIGINT NOT NULL, 
	rule TEXT NOT NULL, 
	rule_version TEXT NOT NULL, 
	reference_date DATE NOT NULL, 
	found INTEGER NOT NULL, 
	refused TEXT, 
	CONSTRAINT pk_rule_run PRIMARY KEY (division, publication, rule)
);
