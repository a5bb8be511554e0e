"""How deep a document may ask, found in one pass before anything is read; each fragment is measured once."""

from graphql import DocumentNode, FieldNode, FragmentDefinitionNode, FragmentSpreadNode, SelectionSetNode

DEEPEST = 16  # the standard introspection query needs 15


def depth_of(document: DocumentNode) -> int:
    """The levels of fields in the deepest operation. A fragment that spreads itself counts as too deep."""
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    known: dict[str, int] = {}

    def within(selections: SelectionSetNode | None) -> int:
        deepest = 0
        for one in selections.selections if selections else ():
            if isinstance(one, FieldNode):
                deepest = max(deepest, 1 + within(one.selection_set))
            elif isinstance(one, FragmentSpreadNode):
                deepest = max(deepest, spread(one.name.value))
            else:
                deepest = max(deepest, within(getattr(one, "selection_set", None)))
        return deepest

    def spread(name: str) -> int:
        if name not in known:
            known[name] = DEEPEST + 1  # until it is measured: a fragment inside itself has no depth
            known[name] = within(fragments[name].selection_set) if name in fragments else 0
        return known[name]

    return max((within(getattr(d, "selection_set", None)) for d in document.definitions if not isinstance(d, FragmentDefinitionNode)), default=0)
