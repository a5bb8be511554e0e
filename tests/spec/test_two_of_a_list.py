"""Two rows of one list that a third row, which tells little, would make one person."""

import numpy as np
import pytest

from hub.identity.clusters import Clusters, merge
from hub.identity.evidence import Evidence, gather


@pytest.mark.parametrize(
    ("born", "one"),
    [("1991-06-17", False), ("1966-02-01", False), ("1990-10-25", True), ("1990-10-26", True), ("1991-10-25", True), ("1990", True), (None, True)],
)
def test_two_rows_of_one_list_that_were_never_compared_are_two_people_by_their_birth_dates(born, one):
    """A row that names nobody but a name bridges them; a slip in a date, or a date told in part, tells nothing."""
    listed = [Evidence(id=n, record=n, source="public_security.household_register", kind="any", name="杨春慧", born=told) for n, told in ((1, "1990-10-25"), (2, born))]
    bridge = Evidence(id=3, record=3, source="education.student_register", kind="adult", name="杨春慧", anchor=9)
    mentions = gather([*listed, bridge], 2026)
    clusters = Clusters(mentions, mentions.number)
    pairs = np.array([(0, 2), (1, 2)])
    refused = merge(mentions, clusters, pairs, np.array([9.0, 8.0]), np.array([2.0, 2.0]), np.array([-1, -1, -1]), -2.0, 6.0, 0.7)
    assert len(set(clusters.labels().tolist())) == (1 if one else 2) and refused == ([] if one else [(1, "rows")])
