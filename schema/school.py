"""School: a node by its name; what registers say of it are facts."""

from hub.domain.noun import Kind
from schema.facts import fact_edges
from schema.nodes import make, plain

School = make(
    "School",
    {
        "name": plain("name", str, "学校名称 · Name, in one spelling."),
        **dict(fact_edges("id", Kind.SCHOOL)),
    },
    "学校 · A school.",
)
