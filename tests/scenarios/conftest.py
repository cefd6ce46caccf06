"""`pytest tests/scenarios --rewrite` writes the expected part of every page anew."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The flag; what it changed is then read as a diff."""
    parser.addoption("--rewrite", action="store_true", help="write expected lines of pages anew")


@pytest.fixture
def rewrite(request: pytest.FixtureRequest) -> bool:
    """Whether pages are to be written anew; never where this folder was not named."""
    return bool(request.config.getoption("--rewrite", default=False))
