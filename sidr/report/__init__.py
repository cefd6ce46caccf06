"""What people see of a campaign: a terminal table and one HTML page, from result files only.

Here are the verdict in words (`verdict.py`), the tables for the terminal (`terminal.py`), the
figures (`figures.py`), and the page (`page.py`) that holds them all. Nothing is measured or
computed from traces here; numbers come from `trace.summary` and `trace.results`.

`page_text` makes the page from values, `write_page` rebuilds it in a directory of results.

To add a block to the page, do: a value for it in `page.py` (or a figure in `figures.py`) and its
section in `templates/report.html.j2`; a metric's definition goes into `glossary.py`.
"""

from __future__ import annotations

from sidr.report.page import page_text, write_page

__all__ = ["page_text", "write_page"]
