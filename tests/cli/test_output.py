"""JSON, tables and progress as commands print them."""

import json
import math

import numpy as np
import pytest

from sidr.cli import output


def test_json_keeps_the_order_of_keys_and_ints_as_ints() -> None:
    assert output.json_text({"b": 1, "a": 400 * 10**9}) == '{\n  "b": 1,\n  "a": 400000000000\n}'


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (1 - 1e-16, "1.0"),
        (0.1 + 0.2, "0.3"),
        (-1e-15, "0.0"),
        (1 / 3, "0.333333333333"),
        (math.inf, "null"),
        (math.nan, "null"),
        (True, "true"),
        (None, "null"),
        (np.int64(7), "7"),
        (np.float64(0.5), "0.5"),
        (np.float32(0.5), "0.5"),
        (np.bool_(True), "true"),
        ("µ", '"µ"'),
    ],
)
def test_scalars_print_as_json_has_them(value: object, printed: str) -> None:
    assert output.json_text(value) == printed


def test_arrays_and_tuples_become_lists() -> None:
    assert json.loads(output.json_text({"a": np.arange(3), "b": (1, 2)})) == {
        "a": [0, 1, 2],
        "b": [1, 2],
    }


def test_what_json_does_not_know_is_a_bug() -> None:
    with pytest.raises(TypeError):
        output.json_text({"a": {1, 2}})


def test_a_table_goes_to_stdout_with_all_its_cells(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(("fault", "ms"), [("cut:leaf0--spine1#*", 1.25), ("[bold]", None)])
    shown = capsys.readouterr()
    assert shown.err == ""
    lines = shown.out.splitlines()
    assert [line.split() for line in lines] == [
        ["fault", "ms"],
        ["cut:leaf0--spine1#*", "1.25"],
        ["[bold]", "-"],
    ]


def test_a_table_in_a_pipe_holds_no_escape_codes(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(("a",), [("b",)], title="t")
    assert "\x1b" not in capsys.readouterr().out


def test_show_does_what_format_says(capsys: pytest.CaptureFixture[str]) -> None:
    output.show("json", {"a": 1}, lambda: output.print_facts({"a": 1}))
    assert json.loads(capsys.readouterr().out) == {"a": 1}
    output.show("table", {"a": 1}, lambda: output.print_facts({"a": 1}))
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [["a", "1"]]


def test_remarks_go_to_stderr_unless_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    output.remark("one")
    output.remark("two", quiet=True)
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "one\n")


def test_progress_draws_nothing_where_stderr_is_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with output.progress("bench", 2) as advance:
        advance(1)
        advance(1)
    assert capsys.readouterr() == ("", "")


def test_progress_draws_on_a_terminals_stderr_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    with output.progress("bench", 2) as advance:
        advance(2)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "bench" in shown.err
