"""Reading rules and definitions: whatever is wrong in a file is told with its line and what to do; then no rule runs.

A rule is one TOML file in ``checks``, a definition one SQL file in ``definitions``. The SQL is looked at as text: which names it
selects from, which parameters it asks for, which columns of the hub's own tables it names, and that it only reads.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from hub.contract.form import Form
from hub.contract.model import ContractError
from hub.domain.nouns import NOUNS
from hub.rules.rule import PARAMETER, SEVERITIES, SIDE, TOLD, Definition, Need, Parameter, Rule, bare, names_read
from hub.storage.tables import metadata

HERE = Path(__file__).parent
CHECKS = HERE / "checks"
DEFINITIONS = HERE / "definitions"
KEYS = (
    "name", "number", "title_zh", "title_en", "version", "since", "until", "clauses", "owner", "due_days", "subject", "reveals", "whole", "needs",
    "parameters", "sql",
)
SQL_KEYS = ("population", "expectation", "exclusions", "evidence", "kind", "severity", "school", "reveals")
OWNERS = ("education", "civil_affairs", "justice", "disabled_persons", "public_security", "labour", "finance", "poverty_relief", "supervision")
CLAUSE = re.compile(r"A-\d\d|[\u4e00-\u9fff〔〕]+.*\d.*|[\u4e00-\u9fff]+.*[一二三四五六七八九十].*")
FORBIDDEN = (
    "insert", "update", "delete", "drop", "truncate", "create", "alter", "grant", "copy", "merge", "into", "share", "current_date", "now", "random",
    "clock_timestamp", "current_timestamp", "localtimestamp", "current_time", "localtime",
)
CLOCKS = ("current_date", "now", "clock_timestamp", "current_timestamp", "localtimestamp", "current_time", "localtime")
#: What SQL in a rule may call: it reckons with what it is given, reads nothing else, and gives the same again. ``among`` is the hub's own.
FUNCTIONS = frozenset(
    """abs age among array_agg array_append array_cat array_length array_position array_positions array_prepend array_remove array_replace
    array_to_string arraycontains ascii avg bit_length bool_and bool_or btrim cardinality ceil ceiling char_length character_length chr coalesce concat
    concat_ws corr count cume_dist date date_bin date_part date_trunc daterange datemultirange dense_rank div every extract first_value floor
    generate_series greatest initcap int4range int8range isempty jsonb_agg jsonb_array_elements jsonb_array_elements_text jsonb_array_length
    jsonb_build_object jsonb_object_agg lag last_value lead least left length lower lower_inc lower_inf lpad ltrim make_date make_interval max min mod
    mode multirange nth_value ntile nullif num_nonnulls num_nulls numrange overlay percent_rank percentile_cont percentile_disc position range_agg
    range_intersect_agg range_merge rank regexp_count regexp_instr regexp_like regexp_match regexp_matches regexp_replace regexp_split_to_array
    regexp_split_to_table regexp_substr repeat replace reverse right round row row_number rpad rtrim sign split_part starts_with string_agg
    string_to_array string_to_table strpos substr substring sum to_char to_date to_number translate trim trim_array trunc unnest upper upper_inc
    upper_inf""".split()
)
#: Words of SQL that a bracket may follow, and names of types that one may.
BEFORE_BRACKETS = frozenset(
    """all and any array as between by case char character cross decimal distinct else except exists filter from full group having ilike in inner
    intersect interval is join lateral left like materialized not numeric on or order over partition right select similar some then to union using
    values varchar when where window with within""".split()
)
#: Texts that are the clock as dates.
CLOCK_TEXTS = re.compile(r"'\s*(?:now|today|tomorrow|yesterday)\s*'", re.IGNORECASE)
#: Writing that hides words from whoever looks at the text: names in quotes, strings with escapes, comments within a line.
HIDDEN = re.compile(r"""["$A-Z]|/\*|\b(?:e|u&|b|x)'""")
#: A row's division compared otherwise than as the rule's own, or as another row's.
OTHER_CITIES = re.compile(
    r"(?<!:)\bdivision\b\s*(?:[<>!~+*/%|-]|(?:is|in|not|between|like)\b)|(?<!:)\bdivision\s*=(?!\s*:division\b|\s*[a-z_]+\.division\b)"
    r"|(?:[<>!~+*/%|-]=?|\b(?:not|in|from))\s*\(?\s*(?:[a-z_]+\.)?(?<!:)\bdivision\b"
)
HEAD_PARAMETER = re.compile(r"^-- :([a-z_]+) = (\d+|'[^']+')\s+(\S.*)$")
NO_ALIASES = ("where", "on", "join", "left", "cross", "group", "order", "union", "window", "limit", "select", "using")
MOST_LINES = 120


def read_rules(folder: Path = CHECKS, definitions: Mapping[str, Definition] | None = None) -> tuple[Rule, ...]:
    """Every rule of a folder, by number and name. ContractError names file, line and remedy."""
    words = definitions if definitions is not None else read_definitions()
    rules = sorted((read_rule(path, words) for path in sorted(folder.glob("*.toml"))), key=lambda rule: (_order(rule.number), rule.name))
    return tuple(rules)


def read_rule(path: Path, definitions: Mapping[str, Definition], *, sources: Collection[str] = (), others: Iterable[Rule] = ()) -> Rule:
    """One rule, beside ``others``; it may need those of ``sources``, any where none are given. ContractError names line, column and remedy."""
    form = Form(path, most=MOST_LINES)
    raw = form.data
    form.only(raw, KEYS, "a rule")
    name = form.text_of(raw, "name")
    if name != path.stem:
        form.fail(f"the name must be that of the file: write name = {path.stem!r} or rename the file", "name")
    number = form.text_of(raw, "number")
    if not re.fullmatch(r"E\.\d+(-\d+|[a-z])?|A-\d\d", number):
        form.fail(f"number = {number!r} must be that of the check, such as E.1, E.11-4 or A-13", "number")
    for other in others:
        if other.number == number and other.name != name:
            form.fail(f"{number} is the number of {other.name} already: a number has one rule", "number")
    since = _day(form, raw, "since")
    until = _day(form, raw, "until") if "until" in raw else None
    if until is not None and until < since:
        form.fail(f"until is before since ({since}): the rule would never be in force", "until")
    clauses = form.texts(raw, "clauses")
    if not clauses:
        form.fail('clauses is missing: name what the rule serves, such as ["A-67", "义务教育法 11"]', "clauses")
    for clause in clauses:
        if not CLAUSE.fullmatch(clause):
            form.fail(f"{clause!r} is no clause: write A-nn, or a law and its article", "clauses", clause)
    due_days = _whole(form, raw, "due_days", least=1)
    subject = form.choice(raw, "subject", ("person", "school"), default="person")
    reveals = _reveals(form, raw)
    whole = form.texts(raw, "whole")
    for noun in whole:
        form.one_of(noun, NOUNS, "noun", "whole", noun)
    parameters = _parameters(form, raw, definitions)
    sql = form.table(raw.get("sql"), "sql") if "sql" in raw else form.fail("[sql] is missing: a rule has a population and an expectation")
    form.only(sql, SQL_KEYS, "[sql]", "sql")
    exclusions, evidence = form.texts(sql, "exclusions", "sql"), form.texts(sql, "evidence", "sql")
    key = "person" if subject == "person" else "school"
    for word in exclusions:
        form.one_of(word, definitions, "definition", "sql", "exclusions", word)
        if key not in columns_made(definitions[word].sql):
            form.fail(f"{word} has no column {key}, by which it could exclude", "sql", "exclusions", word)
    if not evidence:
        form.fail('evidence is missing: name the sides whose records a finding shows, such as ["population"]', "sql", "evidence")
    rule = Rule(
        name=name,
        number=number,
        title_zh=form.text_of(raw, "title_zh"),
        title_en=form.text_of(raw, "title_en"),
        version=_version(form, raw),
        since=since,
        until=until,
        clauses=clauses,
        needs=_needs(form, raw, sources),
        owner=form.choice(raw, "owner", OWNERS),
        due_days=due_days,
        subject=subject,
        whole=whole,
        reveals=reveals,
        population=form.text_of(sql, "population", "sql"),
        expectation=form.text_of(sql, "expectation", "sql"),
        exclusions=exclusions,
        evidence=evidence,
        kind=form.text_of(sql, "kind", "sql", default="null"),
        severity=form.text_of(sql, "severity", "sql"),
        school=form.optional(sql, "school", "sql") or "",
        revealing=form.optional(sql, "reveals", "sql") or (f"'{reveals[0]}'" if reveals else "''"),
        parameters=parameters,
    )
    if len(reveals) > 1 and "reveals" not in sql:
        form.fail("say which of them a finding reveals: reveals = an expression in [sql]", "reveals")
    if "reveals" in sql and not reveals:
        form.fail('reveals = ["…"] is missing above [sql]: the nouns that it gives', "sql", "reveals")
    words_of_severity = re.findall(r"'([^']*)'", re.sub(r"(in|=|like|~|interval)\s*(\([^)]*\)|'[^']*')", "", rule.severity))
    if not words_of_severity or any(word not in SEVERITIES for word in words_of_severity):
        form.fail(f"severity gives one of {', '.join(SEVERITIES)}, each in quotes: \"'high'\", or a case with these", "sql", "severity")
    asked: set[str] = set()
    shared = {parameter for one in definitions.values() for parameter in one.parameters}
    for part in ("population", "expectation", "kind", "severity", "school", "reveals"):
        if part in sql:
            fault = sql_fault(sql[part], definitions, {*parameters, *shared, *TOLD}, whole=part == "population")
            if fault:
                _fail_in(form, fault, part)
            asked |= set(PARAMETER.findall(bare(sql[part])))
    for parameter in parameters:
        if parameter not in asked:
            form.fail(f"the SQL never asks for :{parameter}; leave it out", "parameters", parameter)
    made = columns_made(rule.population)
    if key not in made and "*" not in made:
        form.fail(f"the population must give a column {key}: the subject of each finding", "sql", "population")
    for side in evidence:
        columns = made if side == "population" else columns_made(definitions[form.one_of(side, {**definitions, "population": ""}, "definition", "sql", "evidence", side)].sql)
        lacking = [column for column in SIDE if column not in columns]
        if lacking and "*" not in columns:
            form.fail(f"{side} cannot be evidence: it gives no column {', '.join(lacking)}", "sql", "evidence", side)
    return rule


def read_definitions(folder: Path = DEFINITIONS) -> dict[str, Definition]:
    """Every definition by its name. ContractError names file, line and remedy."""
    told = {path.stem: _definition(path) for path in sorted(folder.glob("*.sql"))}
    parameters: dict[str, str] = {}
    for name, one in told.items():
        path = str(folder / f"{name}.sql")
        for parameter in one.parameters:
            if parameters.setdefault(parameter, name) != name:
                raise ContractError(path, 1, 1, f":{parameter} is a parameter of {parameters[parameter]} already; a parameter has one place")
        if name in metadata.tables:
            raise ContractError(path, 1, 1, f"{name} is a table's name; a definition has one of its own")
    known = {*parameters, *TOLD}
    for name, one in told.items():
        if fault := sql_fault(one.sql, told, known, whole=True):
            line, message = fault
            raise ContractError(str(folder / f"{name}.sql"), line, 1, message)
    return told


def sql_fault(sql: str, definitions: Mapping[str, Definition], parameters: set[str], *, whole: bool) -> tuple[int, str] | None:
    """The first fault of a select (``whole``) or an expression: the line in it, from 1, and what to do; None where there is none."""
    text = bare(sql)
    if whole and not re.match(r"\s*(select|with)\b", text):
        return 1, "it must begin with select or with: SQL here only reads"
    for found in re.finditer(r"[a-z_]+", text):
        if found[0] in FORBIDDEN and not re.match(r"\s*\.", text[found.end() :]) and text[: found.start()][-1:] != ".":
            remedy = "ask for :on, the business date" if found[0] in CLOCKS else "a rule only reads"
            return _line(text, found.start()), f"{found[0]} has no place in a rule: {remedy}"
    if clock := CLOCK_TEXTS.search(sql):
        return _line(sql, clock.start()), f"{clock[0]} has no place in a rule: ask for :on, the business date"
    if ";" in text:
        return _line(text, text.index(";")), "leave the semicolon out: a part is one select or one expression"
    if fault := _unbalanced(text) or _out_of_place(text, whole=whole):
        return fault
    for found in PARAMETER.finditer(text):
        if found[1] not in parameters:
            return _line(text, found.start()), f":{found[1]} is no parameter; declare it under [parameters], or use {', '.join(':' + p for p in sorted(parameters))}"
    for name in sorted(names_read(sql)):
        if name not in definitions and name not in metadata.tables:
            return _line(text, _where(text, name)), f"there is neither a definition nor a table {name}; definitions are {', '.join(definitions)}"
    bound: dict[str, set[str]] = {}
    for found in re.finditer(r"\b(?:from|join)\s+([a-z_]+|\()(?:\s+(?:as\s+)?([a-z_]+))?", text):
        table, alias = found[1], found[2] if found[2] not in (*NO_ALIASES, None) else found[1]
        bound.setdefault(alias, set()).add(table if table in metadata.tables and table not in _made(text) else "")
    for found in re.finditer(r"\)\s+(?:as\s+)?([a-z_]+)", text):  # the name of a sub-select hides what it is made of
        bound.setdefault(found[1], set()).add("")
    for alias, sources in bound.items():
        columns = {c.name for table in sources if table for c in metadata.tables[table].c}
        for column in re.finditer(rf"(?<![\w.]){alias}\.([a-z_]+)", text) if "" not in sources else ():
            if column[1] not in columns:
                return _line(text, column.start()), f"{' and '.join(sorted(sources))} has no column {column[1]}; it has {', '.join(sorted(columns))}"
    tables = [name for name in re.findall(r"\b(?:from|join)\s+([a-z_]+)", text) if name in metadata.tables and name not in _made(text)]
    if tables and len(re.findall(r"\bdivision\b", text)) < len(tables):
        return _line(text, _where(text, tables[0])), f"each table that is read needs its division: division = :division, for {', '.join(tables)}"
    return None


def columns_made(sql: str) -> set[str]:
    """The column names that a select gives, as far as its text shows: '*' where it takes over all of another."""
    text = bare(sql).strip()
    while text.startswith("with"):
        text = _after_with(text)
    head = _until_from(text)
    columns = set()
    for item in _split(head):
        if (found := re.search(r"\bas\s+([a-z_]+)\s*$", item)) or (found := re.search(r"(?:^|\.|\s)([a-z_]+|\*)\s*$", item)):
            columns.add(found[1])
    return columns


def _definition(path: Path) -> Definition:
    text = path.read_text("utf-8")
    lines = text.splitlines()
    if not lines or not lines[0].startswith(f"-- {path.stem}: "):
        raise ContractError(str(path), 1, 1, f"the first line says what the word means: -- {path.stem}: …")
    parameters = {}
    for at, line in enumerate(lines, start=1):
        if line.startswith("-- :"):
            found = HEAD_PARAMETER.match(line)
            if not found:
                raise ContractError(str(path), at, 1, "a parameter is told as: -- :name = 5  what it means (a text in single quotes)")
            parameters[found[1]] = Parameter(int(found[2]) if found[2].isdigit() else found[2].strip("'"), found[3])
    return Definition(path.stem, lines[0].partition(": ")[2], text, parameters)


def _parameters(form: Form, raw: Mapping[str, Any], definitions: Mapping[str, Definition]) -> dict[str, Parameter]:
    shared = {parameter: name for name, one in definitions.items() for parameter in one.parameters}
    found = {}
    for name, told in form.table(raw.get("parameters", {}), "parameters").items():
        at = ("parameters", name)
        told = form.table(told, *at)
        form.only(told, ("default", "means"), "a parameter", *at)
        if name in shared or name in TOLD:
            form.fail(f":{name} is told already ({'by the run' if name in TOLD else 'definition ' + shared[name]}); choose another name", *at)
        default = told.get("default")
        if isinstance(default, bool) or not isinstance(default, int | str):
            form.fail(f"{name} needs a default: a number, a word, or a day of the school year as 'MM-DD'", *at)
        if isinstance(default, str) and re.fullmatch(r"\d\d-\d\d", default) and not _every_year(default):
            form.fail(f"{name} = {default!r} is no day of the year", *at)
        found[name] = Parameter(default, form.text_of(told, "means", *at))
    return found


def _every_year(day: str) -> bool:
    """Whether there is a day in every year: 02-29 is not."""
    try:
        date.fromisoformat(f"2026-{day}")
    except ValueError:
        return False
    return True


def _reveals(form: Form, raw: Mapping[str, Any]) -> tuple[str, ...]:
    """The nouns that a rule's findings may tell of: one, or several of which each finding has its own."""
    told = raw.get("reveals", [])
    return tuple(form.one_of(noun, NOUNS, "noun", "reveals") for noun in ((told,) if isinstance(told, str) else form.texts(raw, "reveals")))


def _needs(form: Form, raw: Mapping[str, Any], sources: Collection[str]) -> tuple[Need, ...]:
    found = []
    for source, days in form.table(raw.get("needs", {}), "needs").items():
        if not re.fullmatch(r"[a-z_]+\.[a-z_]+", source):
            form.fail(f"{source} is no source: write department.list in quotes, as its contract is named", "needs", source)
        if sources:
            form.one_of(source, sources, "source", "needs", source)
        if isinstance(days, bool) or not isinstance(days, int) or days < 1:
            form.fail(f"{source} = {days!r}: say in whole days how old it may be", "needs", source)
        found.append(Need(source, days))
    return tuple(found)


def _day(form: Form, raw: Mapping[str, Any], key: str) -> date:
    told = raw.get(key)
    if not isinstance(told, date):
        form.fail(f"{key} is a date without quotes: {key} = 2018-11-12", key)
    return told


def _version(form: Form, raw: Mapping[str, Any]) -> str:
    told = form.text_of(raw, "version")
    try:
        return date.fromisoformat(told).isoformat()
    except ValueError:
        form.fail('version is the day of the last change, in quotes: version = "2026-11-26"', "version")


def _whole(form: Form, raw: Mapping[str, Any], key: str, *, least: int) -> int:
    told = raw.get(key)
    if isinstance(told, bool) or not isinstance(told, int) or told < least:
        form.fail(f"{key} must be a whole number, at least {least}", key)
    return told


def _fail_in(form: Form, fault: tuple[int, str], part: str) -> None:
    """Refuse at a line inside a part: its text begins on the line of its key, or on the next."""
    line, message = fault
    at, column = form.places.find("sql", part)
    first = form.text.split("\n")[at - 1]
    below = 1 if re.search(r"(\"\"\"|''')\s*$", first) else 0
    raise ContractError(form.file, at + below + line - 1, column if not below else 1, f"{part}: {message}")


def _unbalanced(text: str) -> tuple[int, str] | None:
    opened: list[int] = []
    for at, letter in enumerate(text):
        if letter == "(":
            opened.append(at)
        elif letter == ")":
            if not opened:
                return _line(text, at), "a closing bracket without an opening one"
            opened.pop()
    if opened:
        return _line(text, opened[-1]), "a bracket is opened here and never closed"
    quotes = re.sub(r"''", "", text)
    return (_line(text, text.index("'")), "a quotation mark is opened and never closed") if quotes.count("'") % 2 else None


def _out_of_place(text: str, *, whole: bool) -> tuple[int, str] | None:
    """What hides words, calls what is not in the list, reads another city's rows or only some of those there are."""
    if found := HIDDEN.search(text.replace('collate "C"', "           ")):
        return _line(text, found.start()), f"{found[0]} has no place in a rule: write plain names in small letters, plain texts, and comments after --"
    for found in re.finditer(r"([a-z_][a-z_0-9.]*)\s*\(", text):
        before = text[: found.start()].rstrip()
        named = before.endswith(")") or (re.search(r"\b(?:as|with)$|,$", before) and re.match(r"[^()]*\)\s+as\b", text[found.end() :]))
        if found[1] not in FUNCTIONS | BEFORE_BRACKETS and not named and not before.endswith(" as"):
            return _line(text, found.start()), f"{found[1]}(…) is none of the functions that a rule may call: a rule only reads, and reckons with what it reads"
    if found := re.search(r"\b(?:from|join)\s+[a-z_]+(?:\s+(?:as\s+)?[a-z_]+)?\s*,", text):
        return _line(text, found.start()), "join tables by join: a comma hides the second one"
    if found := OTHER_CITIES.search(text):
        return _line(text, found.start()), "a rule reads its own city alone: division = :division, or the division of a row that is so"
    for found in re.finditer(r"\b(limit|offset|fetch)\b", text) if whole else ():
        before = text[: found.start()]
        if before.count("(") == before.count(")"):
            return _line(text, found.start()), f"{found[0]} has no place here: it would leave out whoever comes later; it may pick one row inside brackets"
    return None


def _made(text: str) -> set[str]:
    return set(re.findall(r"(?:\bwith|,)\s*([a-z_][a-z_0-9]*)\s+as\s+(?:materialized\s+)?\(", text))


def _where(text: str, name: str) -> int:
    found = re.search(rf"\b(?:from|join)\s+{name}\b", text)
    return found.start() if found else 0


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _after_with(text: str) -> str:
    """What follows the last of a list of with-queries."""
    at, depth, seen = 4, 0, False
    while at < len(text):
        letter = text[at]
        depth += (letter == "(") - (letter == ")")
        seen = seen or letter == "("
        if seen and depth == 0 and letter == ")":
            rest = text[at + 1 :].lstrip()
            if not rest.startswith(","):
                return rest
        at += 1
    return ""


def _until_from(text: str) -> str:
    depth = 0
    for found in re.finditer(r"\(|\)|\bfrom\b", text):
        if found[0] == "from" and depth == 0:
            return re.sub(r"^select\s+(distinct\s+(on\s*\([^)]*\)\s*)?)?", "", text[: found.start()])
        depth += (found[0] == "(") - (found[0] == ")")
    return re.sub(r"^select\s+", "", text)


def _split(head: str) -> list[str]:
    parts, depth, last = [], 0, 0
    for at, letter in enumerate(head):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append(head[last:at])
            last = at + 1
    return [part.strip() for part in (*parts, head[last:]) if part.strip()]


def _order(number: str) -> tuple[str, tuple[int, ...], str]:
    found = re.match(r"([A-Z])[.-](\d+)(?:-(\d+))?(.*)", number)
    assert found
    return ("" if found[1] == "E" else found[1]), (int(found[2]), int(found[3] or 0)), found[4]
