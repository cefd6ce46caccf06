"""Errors carry their mistakes through printing and pickling."""

import pickle

import pytest

from sidr.errors import FaultError, Mistake, ProtocolError, SidrError, nearest, unknown


def test_a_mistake_is_one_line_with_what_helps() -> None:
    mistake = Mistake("a.yaml:3:tier", "unknown tier 'leef'", "leaf, spine", "leaf", "fix it")
    assert str(mistake) == (
        "a.yaml:3:tier: unknown tier 'leef'; did you mean 'leaf'? (allowed: leaf, spine); fix it"
    )


def test_an_error_prints_all_its_mistakes() -> None:
    assert str(FaultError([Mistake("a", "one"), Mistake("b", "two")])) == "a: one\nb: two"


def test_an_error_with_one_mistake_is_of_the_class_that_was_asked() -> None:
    error = ProtocolError.one("x", "is unknown", allowed="y")
    assert isinstance(error, ProtocolError)
    assert error.mistakes == [Mistake("x", "is unknown", "y")]


@pytest.mark.parametrize("kind", SidrError.__subclasses__())
def test_errors_come_back_from_another_process(kind: type[SidrError]) -> None:
    error = kind([Mistake("a", "one"), Mistake("b", "two", nearest="c")])
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is kind
    assert back.mistakes == error.mistakes


def test_the_nearest_name_is_close_or_none() -> None:
    assert nearest("frr-datacentre", ["tuned", "frr-datacenter"]) == "frr-datacenter"
    assert nearest("zzz", ["tuned", "frr-datacenter"]) == ""


def test_an_unknown_name_lists_at_most_twelve() -> None:
    mistake = unknown("here", "link", "l99x", [f"l{i}" for i in range(100)])
    assert mistake.allowed.endswith("l11, ...")
    assert mistake.nearest == "l99"
