"""What is wrong is told without what was sent: wherever a number or a name stands, no error repeats it."""

import pytest

from hub.answering import Refused, refusal, shown
from hub.query.documents import read
from hub.query.limits import AD_HOC
from hub.query.wording import without_values
from schema.declared import graph

NUMBER, NAME, LATIN = "210299201503051234", "王小禾", "WangXiaohe"
SENT = (NUMBER, NAME, LATIN)


def told(document, variables=None):
    """The errors of a document, or of the variables of its operation, as they leave."""
    found = read(graph.types, document, AD_HOC)
    errors = found.errors or found.variables[""].read(variables or {})
    assert errors and isinstance(errors, list)
    return refusal(Refused(*errors)).body.decode()


@pytest.mark.parametrize("sent", [NUMBER, NAME, f"{NAME}: '{NUMBER}'", LATIN, [NAME], {NAME: NUMBER}, {LATIN: NAME}, [[{"a": NUMBER}]]], ids=range(8))
@pytest.mark.parametrize(("type_", "argument", "says"), [
    ("Int", "children(first: $v)", "Int"),
    ("Boolean", "children(filter: {disabled: $v})", "Boolean"),
    ("Date", "children(on: $v)", "a day"),
    ("PersonOrder!", "children(orderBy: $v)", "PersonOrder"),
    ("ChildFilter", "children(filter: $v)", "ChildFilter"),
])
def test_no_variable_is_repeated(type_, argument, says, sent):
    errors = told(f"query ($v: {type_}) {{ {argument} {{ totalCount }} }}", {"v": sent})
    assert not [one for one in SENT if one in errors], errors
    assert "$v" in errors and says in errors and '"line":1' in errors, errors


@pytest.mark.parametrize("sent", [{"nameContains": [NAME]}, {"nameContains": {NAME: 1}}, {"ageFrom": NAME}, {"disabled": NUMBER}, {NAME: 1}, {"nmae": NAME}, {"nameContains": int(NUMBER)}], ids=range(7))
def test_nothing_within_an_input_is_repeated(sent):
    errors = told("query ($v: ChildFilter) { children(filter: $v) { totalCount } }", {"v": sent})
    assert not [one for one in SENT if one in errors], errors
    assert "$v" in errors


@pytest.mark.parametrize("literal", [f'"{NAME}"', f'"{NUMBER}"', NUMBER, f"-{NUMBER}.5", LATIN, f'["{NAME}"]', f'{{x: "{NAME}{NUMBER}"}}', f'"""{NAME}\n{LATIN}"""', f"{{x: {LATIN}}}", f'["{LATIN}", {NUMBER}]'], ids=range(10))
@pytest.mark.parametrize(("argument", "says"), [
    ("children(first: {})", "Int"),
    ("children(filter: {{disabled: {}}})", "Boolean"),
    ("children(filter: {{nameContains: {}}})", "String"),
    ("children(on: {})", "a day"),
    ("children(orderBy: {})", "PersonOrder"),
    ("children(filter: {})", "ChildFilter"),
])
def test_no_literal_is_repeated(argument, says, literal):
    if says == "String" and literal.startswith('"'):
        pytest.skip("any text fits there")
    errors = told("{ " + argument.format(literal) + " { totalCount } }")
    assert not [one for one in SENT if one in errors], errors
    assert says in errors


@pytest.mark.parametrize("document", [
    f'{{ children("{NAME}") {{ totalCount }} }}', f"{{ children({NUMBER}) {{ totalCount }} }}", f'"{LATIN}"', f"{{ children(first: 1) {NAME} }}", f"{{ children(first: 1) {{ id }} }} {LATIN}",
    f'{{ children(filter: {{nameContains: "{NAME}\n"}}) {{ id }} }}', f"{{ children(first: 0{NUMBER}) {{ totalCount }} }}", f"{{ children(first: 1.{LATIN}) {{ totalCount }} }}",
    f'{{ children(filter: {{nameContains: "\\u{{{NUMBER}}}"}}) {{ id }} }}', f'query ($v: Int = "{NAME}") {{ children(first: $v) {{ totalCount }} }}', f"{{ children(a{NUMBER}: 1) {{ totalCount }} }}",
    f"{{ n{NUMBER} }}", f"query ($n{NUMBER}: Int) {{ businessDate }}", f"query ($v: n{NUMBER}) {{ businessDate }}", f"{{ ...n{NUMBER} }}", f"{{ businessDate @n{NUMBER} }}",
], ids=range(16))  # fmt: skip
def test_no_document_is_repeated(document):
    errors = told(document)
    assert not [one for one in SENT if one in errors], errors
    assert '"line"' in errors


async def test_nor_by_the_resolvers():
    """The second road, where the library looks at arguments again."""
    from schema.api import api

    for document, variables in (("query ($v: Int) { children(first: $v) { totalCount } }", {"v": NUMBER}), (f'{{ children(first: "{NAME}") {{ totalCount }} }}', {})):
        result = await api.execute(document, variable_values=variables)
        errors = [str(shown(error)) for error in result.errors or ()]
        assert errors and not [one for one in SENT for error in errors if one in error]


def test_names_of_the_graph_stay():
    for message in (
        "Cannot query field 'nmae' on type 'Person'.",
        "Unknown argument 'frist' on field 'Query.children'.",
        "Variable '$n' is never used.",
        "Variable '$n' of type 'String' used in position expecting type 'Int!'.",
        "Argument 'Query.person(id:)' of type 'ID!' is required, but it was not provided.",
        "a day is written as 2026-09-01, and must be one of the calendar",
        "rule: there is no such rule; there are unenrolled, unenrolled_poor",
        "Syntax Error: Expected '}', found <EOF>.",
    ):
        assert without_values(message) == message


