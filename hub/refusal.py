"""What a verb says when it will not do what it was asked."""


class Refusal(Exception):
    """A sentence for the person at the keyboard: what is wrong, where, and what to do."""
