"""A check for schemathesis: whatever is asked, the fault is never ours.

Its own check takes every answer with errors for a failure, also one that tells the client in words what it did wrong – that a
publication is not there, that an id is nobody's – which no schema can rule out. Here a failure is a status of 500 and above, an
answer that is not JSON, and an error of which only the log knows the kind.
"""

import schemathesis

OURS = "the log has it"


@schemathesis.check
def told_in_words(ctx, response, case) -> None:  # type: ignore[no-untyped-def]
    """No answer is a fault of the hub's."""
    assert response.status_code < 500, f"status {response.status_code}"
    errors = response.json().get("errors", [])
    assert not any(OURS in error["message"] for error in errors), errors
