"""The text of a fault, both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidr.errors import FaultError
from sidr.fault.grammar import format, parse, parse_trial, split
from sidr.model.faults import Fault

MS = 10**6


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("cut", Fault("cut")),
        ("cut:leaf0--spine1", Fault("cut", "leaf0--spine1")),
        ("cut:leaf0--spine1#1", Fault("cut", "leaf0--spine1#1")),
        ("cut:leaf0--spine1@1s+200ms", Fault("cut", "leaf0--spine1", 1000 * MS, 200 * MS)),
        ("cut:leaf*--spine?+1.5s", Fault("cut", "leaf*--spine?", 0, 1500 * MS)),
        ("cut@10ms", Fault("cut", "", 10 * MS)),
        ("trunk:t3,gap=10ms", Fault("trunk", "t3", options=(("gap", "10ms"),))),
        (
            "random:links@1s,within=5ms,n=3",
            Fault("random", "links", 1000 * MS, None, (("n", "3"), ("within", "5ms"))),
        ),
        ('cut:"Washington, DC--New York"@1s', Fault("cut", "Washington, DC--New York", 1000 * MS)),
        ("one-way:a--b", Fault("one-way", "a--b")),
    ],
)
def test_an_expression_means_a_fault_and_is_written_back(text: str, fault: Fault) -> None:
    assert parse(text) == fault
    assert parse(format(fault)) == fault


NAMES = st.text("abz019-_#*?[]&@+,;: .", min_size=1, max_size=12).filter(lambda t: t == t.strip())
WORDS = st.text("abcxyz0189.", min_size=1, max_size=6)


@given(
    st.builds(
        Fault,
        st.sampled_from(["cut", "trunk", "one-way"]),
        NAMES | st.just(""),
        st.integers(0, 10**14),
        st.none() | st.integers(1, 10**14),
        st.dictionaries(st.text("abc", min_size=1, max_size=4), WORDS, max_size=3).map(
            lambda options: tuple(sorted(options.items()))
        ),
    )
)
def test_every_fault_is_read_back_from_its_text(fault: Fault) -> None:
    assert parse(format(fault)) == fault
    assert parse_trial(format(fault)) == (fault,)


@given(st.text(max_size=60))
def test_any_text_is_a_fault_or_a_fault_error(text: str) -> None:
    try:
        fault = parse(text)
    except FaultError as error:
        assert error.mistakes
    else:
        assert parse(format(fault)) == fault


@pytest.mark.parametrize(
    "text", ["", ":a--b", "cut:", "cut: a--b", "3cut", 'cut:"a', 'cut:a"b', "cut a--b", "c" * 5000]
)
def test_what_has_not_the_shape_says_the_shape(text: str) -> None:
    with pytest.raises(FaultError) as caught:
        parse(text)
    assert "KIND[:TARGET]" in caught.value.mistakes[0].allowed


def test_all_mistakes_of_an_expression_are_told_at_once() -> None:
    with pytest.raises(FaultError) as caught:
        parse("cut:a--b@soon+0,gap,n=1,n=2", "f.yaml:3")
    assert len(caught.value.mistakes) == 4
    assert all(m.where.startswith("f.yaml:3") for m in caught.value.mistakes)


def test_a_trial_is_several_faults_parted_by_semicolons_outside_quotes() -> None:
    text = 'cut:"a;b--c"; switch:spine2@1s ;'
    assert split(text) == ['cut:"a;b--c"', "switch:spine2@1s"]
    assert parse_trial(text) == (Fault("cut", "a;b--c"), Fault("switch", "spine2", 1000 * MS))


def test_a_trial_tells_the_mistakes_of_all_its_faults() -> None:
    with pytest.raises(FaultError) as caught:
        parse_trial("cut@x; trunk@y")
    assert len(caught.value.mistakes) == 2
